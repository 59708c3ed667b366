internal import CMessages
internal import JSON
internal import RPC

/// Bodies of one loop's methods to protobuf bytes and back. Confined to its loop.
final class ConnectCodec {
  /// Shorter bodies fit in one packet anyway, and compressing costs more than it saves.
  private static let compressedBytesMin = 1 << 10
  /// A thousand events are twelve thousand values; each takes far more memory than text.
  private static let valuesMax = 200_000

  private let schema: MessageSchema
  private let bodyBytesMax: Int
  private let gzip = ZlibCodec(.gzip)
  private let printer: MessageJSON

  init(_ methods: [ServedMethod], bodyBytesMax: Int) {
    schema = MessageSchema(types: methods.flatMap { [$0.request, $0.response] })
    printer = MessageJSON(schema)
    self.bodyBytesMax = bodyBytesMax
  }

  /// The protobuf bytes of a request's body.
  func decode(
    _ body: [UInt8], of request: ConnectRequest, as type: String
  ) throws(RPCError) -> [UInt8] {
    let plain = request.isCompressed ? try inflate(body) : body
    guard request.codec == .json else { return plain }
    let limits = JSONLimits(bytesMax: bodyBytesMax, valuesMax: Self.valuesMax)
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: plain, limits: limits)
    } catch {
      throw .invalidArgument("the body is no JSON: \(error)")
    }
    return try encode(json, type)
  }

  private func inflate(_ body: [UInt8]) throws(RPCError) -> [UInt8] {
    // Nothing may be sent as nothing, whatever the header says.
    guard !body.isEmpty else { return body }
    do throws(ZlibCodec.Failure) {
      return try gzip.inflate(body, bytesMax: bodyBytesMax)
    } catch {
      switch error {
      case .invalid: throw .invalidArgument("the body is not valid gzip")
      case .longerThan(let most):
        throw RPCError(
          .resourceExhausted, "the body inflates to more than \(most) bytes", advice: .never)
      }
    }
  }

  private func encode(_ json: JSONValue, _ type: String) throws(RPCError) -> [UInt8] {
    do throws(TranscodingError) {
      return try schema.encode(json, as: type)
    } catch {
      throw .invalidArgument("\(error)")
    }
  }

  /// The answer to a request that succeeded.
  func response(
    _ message: UnsafePointer<ProtobufCMessage>, to request: ConnectRequest
  ) -> HTTPResponse {
    var body: [UInt8] = []
    switch request.codec {
    case .json: body = printer.print(message)
    case .proto: message.encode(to: &body)
    }
    var response = HTTPResponse(200, headers: [("Content-Type", request.codec.rawValue)])
    if request.takesGzip, body.count >= Self.compressedBytesMin {
      response.add("Content-Encoding", "gzip")
      body = gzip.compress(body)
    }
    response.body = body
    return response
  }
}
