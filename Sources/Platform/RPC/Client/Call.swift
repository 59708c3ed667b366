internal import CMessages

/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Confined to the loop of its replica set.
package final class Call<Request: Message, Response: Message>: OngoingCall, @unchecked Sendable {
  package let method: Method<Request, Response>
  private let request: Request
  @exclusivity(unchecked) private var response: Response?

  init(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    on replicas: ReplicaSet
  ) {
    self.method = method
    self.request = request
    super.init(
      Terms(
        method: method.name, safety: method.safety, isHedged: method.isHedged,
        compresses: method.compresses, options: options), on: replicas)
  }

  override func encode(in arena: Arena) -> UnsafePointer<ProtobufCMessage> {
    arena.protobuf(request)
  }

  override func decode(
    _ body: UnsafeRawBufferPointer, in arena: Arena
  ) throws(InvalidMessage) {
    response = try Response(decoding: body, in: arena)
  }

  /// Waits for the end. At most one task may wait.
  nonisolated(nonsending) package func end() async -> CallOutcome<Response> {
    if !isEnded { await untilEnded() }
    return outcome
  }

  /// Runs `action` at the end, on the loop; at once if it has come.
  package func whenEnded(_ action: @escaping (CallOutcome<Response>) -> Void) {
    if isEnded { action(outcome) } else { onEnd = { [self] in action(outcome) } }
  }

  private var outcome: CallOutcome<Response> {
    // A response may be there although the call failed: it was late.
    if failure == nil, let response {
      return CallOutcome(result: .success(response), report: report, metadata: metadata)
    }
    let error = failure ?? RPCError(.internal, "no answer")
    return CallOutcome(
      result: .failure(error), report: report, metadata: metadata)
  }
}
