import JSON

@testable import RPC

/// The messages of gRPC's interop tests (grpc/testing/messages.proto), as far as the unary cases
/// use them, read and written by a description at run time.
struct InteropMessages {
  static let unaryCall = Method<OpaqueMessage, OpaqueMessage>(
    "grpc.testing.TestService/UnaryCall", .pure)
  /// The same method for a caller that wants its requests compressed.
  static let compressedUnaryCall = Method<OpaqueMessage, OpaqueMessage>(
    "grpc.testing.TestService/UnaryCall", .pure, compresses: true)
  static let emptyCall = Method<OpaqueMessage, OpaqueMessage>(
    "grpc.testing.TestService/EmptyCall", .pure)

  let schema: MessageSchema

  init() throws {
    var description = DescribeResponse()
    description.messages = [
      Self.message("BoolValue", ("value", 1, "bool")),
      Self.message("Payload", ("type", 1, "int32"), ("body", 2, "bytes")),
      Self.message("EchoStatus", ("code", 1, "int32"), ("message", 2, "string")),
      Self.message(
        "SimpleRequest", ("response_size", 2, "int32"), ("payload", 3, "Payload"),
        ("response_compressed", 6, "BoolValue"), ("response_status", 7, "EchoStatus"),
        ("expect_compressed", 8, "BoolValue"), ("orca_per_query_report", 11, "TestOrcaReport")),
      Self.message("SimpleResponse", ("payload", 1, "Payload")),
      // A map travels as its entries.
      Self.message("Entry", ("key", 1, "string"), ("value", 2, "double")),
      Self.message(
        "TestOrcaReport", ("cpu_utilization", 1, "double"), ("memory_utilization", 2, "double"),
        ("request_cost", 3, "[Entry]"), ("utilization", 4, "[Entry]")),
      // Of xds.data.orca.v3.
      Self.message(
        "OrcaLoadReport", ("cpu_utilization", 1, "double"), ("mem_utilization", 2, "double"),
        ("request_cost", 4, "[Entry]"), ("utilization", 5, "[Entry]")),
    ]
    schema = try MessageSchema(description)
  }

  /// - Parameter fields: with a capital letter, of a message of ours; in brackets, repeated.
  private static func message(
    _ name: String, _ fields: (name: String, number: UInt32, type: String)...
  ) -> MessageDescription {
    var description = MessageDescription()
    description.name = "grpc.testing.\(name)"
    description.fields = fields.map { name, number, type in
      var field = FieldDescription()
      field.name = name
      field.number = number
      field.repeated = type.hasPrefix("[")
      let type = type.filter { !"[]".contains($0) }
      let isMessage = type.first?.isUppercase == true
      field.type = isMessage ? "message" : type
      field.typeName = isMessage ? "grpc.testing.\(type)" : ""
      return field
    }
    return description
  }

  /// - Parameter json: a SimpleRequest; `bodyBytes` zeros are added as its payload.
  func request(_ json: String = "{}", bodyBytes: Int = 0) throws -> OpaqueMessage {
    let fields = try schema.encode(JSONValue(parsing: json), as: "grpc.testing.SimpleRequest")
    return OpaqueMessage(fields + (bodyBytes > 0 ? Self.payload(3, bodyBytes) : []))
  }

  /// A Payload of zeros as the field of that number.
  static func payload(_ number: UInt8, _ bodyBytes: Int) -> [UInt8] {
    let body = [2 << 3 | 2] + varint(bodyBytes) + [UInt8](repeating: 0, count: bodyBytes)
    return [number << 3 | 2] + varint(body.count) + body
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (value, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// An OrcaLoadReport with what a request's TestOrcaReport asks for.
  func loadReport(_ asked: JSONValue) throws(TranscodingError) -> [UInt8] {
    let fields = (asked.object ?? []).map { field in
      JSONMember(field.name == "memoryUtilization" ? "memUtilization" : field.name, field.value)
    }
    return try schema.encode(JSONValue(.object(fields)), as: "grpc.testing.OrcaLoadReport")
  }

  func json(_ message: OpaqueMessage, as type: String) throws(TranscodingError) -> JSONValue {
    let text = try schema.decode(message.bytes, as: "grpc.testing.\(type)")
    do throws(JSONError) {
      return try JSONValue(parsing: text)
    } catch {
      throw TranscodingError("\(error)", at: nil)
    }
  }

  /// Bytes of the answer's payload, all of which have to be zero; nil when one is not.
  func bodyBytes(_ response: OpaqueMessage) throws -> Int? {
    let text = try json(response, as: "SimpleResponse")["payload"]?["body"]?.string ?? ""
    guard text.utf8.allSatisfy({ $0 == UInt8(ascii: "A") || $0 == UInt8(ascii: "=") }) else {
      return nil
    }
    return text.utf8.count / 4 * 3 - text.utf8.count { $0 == UInt8(ascii: "=") }
  }
}
