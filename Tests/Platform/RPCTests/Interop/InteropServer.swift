import JSON

@testable import RPC

/// gRPC's interop test service, as its test descriptions want it, on our transport.
final class InteropServer: Sendable {
  static let echoInitial = "x-grpc-test-echo-initial"
  static let echoTrailing = "x-grpc-test-echo-trailing-bin"
  /// Where a call's own load is reported (gRPC's A51).
  static let loadReport = "endpoint-load-metrics-bin"

  let replica: TestReplica
  /// Calls that have begun to sleep, and those of them that saw their caller leave.
  let sleeping = Count()
  let left = Count()

  init() throws {
    let messages = try InteropMessages()
    let (sleeping, left) = (sleeping, left)
    replica = try TestReplica("interop") { table in
      table.answer(InteropMessages.emptyCall) { _, _ in OpaqueMessage([]) }
      table.answer(InteropMessages.unaryCall) { (request, call) throws(RPCError) in
        try Self.unary(messages, request, call)
      }
      table.answer(
        Method<OpaqueMessage, OpaqueMessage>("grpc.testing.TestService/Sleep", .pure),
        waiting: { (request, call) async throws(RPCError) in
          sleeping.add()
          await untilCancelled(call)
          left.add()
          return request
        })
    }
  }

  private static func unary(
    _ messages: InteropMessages, _ request: OpaqueMessage, _ call: CallContext
  ) throws(RPCError) -> OpaqueMessage {
    let fields: JSONValue
    do throws(TranscodingError) {
      fields = try messages.json(request, as: "SimpleRequest")
    } catch {
      throw .invalidArgument("\(error)")
    }
    if let expected = fields["expectCompressed"] {
      let wanted = expected["value"]?.bool ?? false
      guard call.isCompressed == wanted else {
        throw .invalidArgument("the request is \(wanted ? "not " : "")compressed")
      }
    }
    if let compressed = fields["responseCompressed"] {
      call.compressesAnswer = compressed["value"]?.bool ?? false
    }
    for metadata in call.metadata where [echoInitial, echoTrailing].contains(metadata.name) {
      call.answerMetadata.append(metadata)
    }
    if let load = fields["orcaPerQueryReport"] {
      do throws(TranscodingError) {
        call.answerMetadata.append(Metadata(loadReport, try messages.loadReport(load)))
      } catch {
        throw .invalidArgument("\(error)")
      }
    }
    if let status = fields["responseStatus"] {
      let code = Code(rawValue: UInt32(status["code"]?.int64 ?? 0)) ?? .unknown
      if code != .ok { throw RPCError(code, status["message"]?.string ?? "", advice: .never) }
    }
    let size = Int(fields["responseSize"]?.int64 ?? 0)
    return OpaqueMessage(size > 0 ? InteropMessages.payload(1, size) : [])
  }
}
