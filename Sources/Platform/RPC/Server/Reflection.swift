/// `brigade.v1.Reflection`: what a server's methods are and what their messages look like, read
/// from protobuf-c's own descriptors.
enum Reflection {
  static func answer(in table: inout MethodTable) {
    let described = table.entries.mapValues { ($0.description, [$0.request, $0.response]) }
    let methods = described.values.map(\.0).sorted { $0.name < $1.name }
    table.answer(.list) { _, _ in
      var response = ListResponse()
      response.methods = methods
      return response
    }
    let types = described.values.flatMap(\.1)
    table.answer(.describe) { (request, _) throws(RPCError) in
      if request.name.isEmpty { return describe(methods, types) }
      if let (method, types) = described[request.name] { return describe([method], types) }
      if let type = MessageType.reachable(from: types).first(where: { $0.name == request.name }) {
        return describe([], [type])
      }
      let known = methods.map(\.name).joined(separator: ", ")
      throw RPCError(
        .notFound, "no method or message type \(request.name); methods are \(known)",
        advice: .never)
    }
  }

  private static func describe(
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
