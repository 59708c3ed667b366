/// `brigade.v1.Reflection`: what a server's methods are, its own among them, and what their messages
/// look like, read from protobuf-c's own descriptors.
final class Reflection {
  private var described: [String: (method: MethodDescription, types: [MessageType])] = [:]

  static func answer(in table: inout MethodTable) {
    let reflection = Reflection()
    table.answer(.list) { _, _ in reflection.list() }
    table.answer(.describe) { (request, _) throws(RPCError) in
      try reflection.describe(request.name)
    }
    reflection.described = table.entries.mapValues { ($0.description, [$0.request, $0.response]) }
  }

  private var methods: [MethodDescription] {
    described.values.map(\.method).sorted { $0.name < $1.name }
  }

  private var types: [MessageType] {
    MessageType.reachable(from: described.values.flatMap(\.types))
  }

  private func list() -> ListResponse {
    var response = ListResponse()
    response.methods = methods
    return response
  }

  private func describe(_ name: String) throws(RPCError) -> DescribeResponse {
    if name.isEmpty { return Self.response(methods, types) }
    if let (method, types) = described[name] { return Self.response([method], types) }
    if let type = types.first(where: { $0.name == name }) { return Self.response([], [type]) }
    let known = methods.map(\.name).joined(separator: ", ")
    throw RPCError(
      .notFound, "no method or message type \(name); methods are \(known)", advice: .never)
  }

  private static func response(
    _ methods: [MethodDescription], _ roots: [MessageType]
  ) -> DescribeResponse {
    let types = MessageType.reachable(from: roots)
    var response = DescribeResponse()
    response.methods = methods
    response.messages = types.map(\.description)
    response.enums = MessageType.enums(of: types)
    return response
  }
}

extension Method where Request == ListRequest, Response == ListResponse {
  package static var list: Self { Method("brigade.v1.Reflection/List", .pure) }
}

extension Method where Request == DescribeRequest, Response == DescribeResponse {
  package static var describe: Self { Method("brigade.v1.Reflection/Describe", .pure) }
}
