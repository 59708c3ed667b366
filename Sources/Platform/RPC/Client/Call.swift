/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Confined to the loop of its replica set.
///
/// What needs the types of its messages is here, to be compiled for each where it is used.
package final class Call<Request: Message, Response: Message>: OngoingCall, @unchecked Sendable {
  package let method: Method<Request, Response>
  @usableFromInline let request: Request
  @exclusivity(unchecked) @usableFromInline var response: Response?

  @inlinable
  init(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    on replicas: ReplicaSet
  ) {
    self.method = method
    self.request = request
    super.init(
      Terms(
        method: method.name, safety: method.safety, isHedged: method.isHedged,
        compresses: method.compresses, options: options),
      Codec(
        encode: { call, arena in
          arena.protobuf(unsafeDowncast(call, to: Call<Request, Response>.self).request)
        },
        decode: { (call, body, arena) throws(InvalidMessage) in
          unsafeDowncast(call, to: Call<Request, Response>.self).response =
            try Response(decoding: body, in: arena)
        }), on: replicas)
  }

  /// Waits for the end. At most one task may wait.
  @inlinable
  nonisolated(nonsending) package func end() async -> CallOutcome<Response> {
    if !isEnded { await untilEnded() }
    return outcome
  }

  /// Runs `action` at the end, on the loop; at once if it has come.
  @inlinable
  package func whenEnded(_ action: @escaping (CallOutcome<Response>) -> Void) {
    if isEnded { action(outcome) } else { onEnd = { [self] in action(outcome) } }
  }

  @inlinable
  var outcome: CallOutcome<Response> {
    // A response may be there although the call failed: it was late.
    if failure == nil, let response {
      return CallOutcome(result: .success(response), report: report, metadata: metadata)
    }
    return CallOutcome(
      result: .failure(failure ?? .unanswered), report: report, metadata: metadata)
  }
}

extension RPCError {
  @usableFromInline static var unanswered: RPCError { RPCError(.internal, "no answer") }
}
