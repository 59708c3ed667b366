package import JSON

/// Messages and enums by full name: all that is needed to read and write a protobuf message as
/// JSON, without code that was generated for it.
package struct MessageSchema: Sendable {
  private let messages: [String: MessageShape]
  private let enums: [String: EnumShape]
  private let limits: TranscodingLimits

  /// From what `brigade.v1.Reflection/Describe` answered.
  /// - Throws: for descriptions that cannot be, with `message.field` as the path.
  package init(
    _ description: DescribeResponse, limits: TranscodingLimits = TranscodingLimits()
  ) throws(TranscodingError) {
    var messages: [String: MessageShape] = [:]
    for message in description.messages {
      do throws(TranscodingError) {
        messages[message.name] = try MessageShape(message)
      } catch {
        throw error.inside(message.name)
      }
    }
    self.messages = messages
    enums = Dictionary(
      description.enums.map { ($0.name, EnumShape($0)) }, uniquingKeysWith: { first, _ in first })
    self.limits = limits
    try checkReferences()
  }

  /// From protobuf-c's descriptors of this program, with every type that they reach.
  package init(types: [MessageType], limits: TranscodingLimits = TranscodingLimits()) {
    let reached = MessageType.reachable(from: types)
    var description = DescribeResponse()
    description.messages = reached.map(\.description)
    description.enums = MessageType.enums(of: reached)
    do throws(TranscodingError) {
      try self.init(description, limits: limits)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private func checkReferences() throws(TranscodingError) {
    for message in messages.values.sorted(by: { $0.name < $1.name }) {
      for field in message.fields {
        let known =
          switch field.kind {
          case .scalar: true
          case .message(let name): messages[name] != nil
          case .enumeration(let name): enums[name] != nil
          }
        guard known else {
          throw TranscodingError(
            "its type is not described", at: nil, path: "\(message.name).\(field.name)")
        }
      }
    }
  }

  package var messageNames: [String] { messages.keys.sorted() }

  package func message(_ name: String) -> MessageShape? { messages[name] }

  package func enumeration(_ name: String) -> EnumShape? { enums[name] }

  /// The protobuf bytes of a JSON object, fields in the order of their numbers.
  ///
  /// JSON as protobuf maps it: names in lowerCamelCase or as in the .proto file, 64-bit integers as
  /// numbers or strings, bytes in base64, enums by name or number, null for absent. What the type
  /// does not have is refused.
  package func encode(_ json: JSONValue, as type: String) throws(TranscodingError) -> [UInt8] {
    let shape = try find(type)
    return try MessageEncoder(schema: self, limits: limits).encode(json, as: shape, depth: 1)
  }

  /// The JSON text of protobuf bytes, in protobuf's mapping, members in the order of field numbers.
  ///
  /// Fields that the type does not have are passed over. Of a scalar that comes twice, the last is
  /// taken; submessages that come twice are merged, as protobuf prescribes (protobuf-c 1.4.1 keeps
  /// only the last one's scalars there; no encoder of ours writes one twice).
  /// - Parameters:
  ///   - pretty: each member on a line of its own.
  ///   - defaults: also members that hold their type's zero; absent messages stay absent.
  package func decode(
    _ bytes: [UInt8], as type: String, pretty: Bool = false, defaults: Bool = false
  ) throws(TranscodingError) -> String {
    let shape = try find(type)
    var decoder = MessageDecoder(bytes, schema: self, limits: limits)
    let message = try decoder.decode(shape)
    var writer = JSONWriter(pretty: pretty)
    MessagePrinter(bytes: bytes, schema: self, defaults: defaults)
      .print(message, as: shape, to: &writer)
    return writer.string
  }

  package func decode(
    _ bytes: UnsafeRawBufferPointer, as type: String, pretty: Bool = false, defaults: Bool = false
  ) throws(TranscodingError) -> String {
    try decode([UInt8](bytes), as: type, pretty: pretty, defaults: defaults)
  }

  private func find(_ type: String) throws(TranscodingError) -> MessageShape {
    if let shape = messages[type] { return shape }
    let meant = nearestName(to: type, among: messages.keys.sorted())
    let hint = meant.map { "; did you mean \($0)?" } ?? ""
    throw TranscodingError("no message type \(type) is described\(hint)", at: nil)
  }
}
