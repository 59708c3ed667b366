internal import CMessages

/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Confined to the loop of its replica set.
package final class Call<Request: Message, Response: Message>: OngoingCall, @unchecked Sendable {
  private let request: Request
  /// Behind a pointer: an optional of a type that is not known here is looked up in the runtime's
  /// tables at every use.
  @exclusivity(unchecked) private var answer: UnsafeMutablePointer<Response>?

  init(
    _ method: Method<Request, Response>, _ request: Request, _ options: consuming CallOptions,
    on replicas: ReplicaSet
  ) {
    self.request = request
    let terms = CallState.Terms(
      method: method.name, safety: method.safety, isHedged: method.isHedged,
      deadline: options.deadline, attemptNanoseconds: options.attemptNanoseconds,
      requires: options.requires?.hash ?? 0)
    super.init(terms, compresses: method.compresses, options, on: replicas)
  }

  deinit { forget() }

  private func forget() {
    guard let answer else { return }
    answer.deinitialize(count: 1)
    answer.deallocate()
    self.answer = nil
  }

  override func encode(in arena: Arena) -> UnsafePointer<ProtobufCMessage> {
    arena.protobuf(request)
  }

  override func decode(
    _ body: UnsafeRawBufferPointer, in arena: Arena
  ) throws(InvalidMessage) {
    let decoded = try Response(decoding: body, in: arena)
    forget()
    // With the alignment spelled out, as one that is not known here takes the slow way.
    let answer = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryLayout<Response>.size, alignment: MemoryLayout<Int>.alignment
    ).bindMemory(to: Response.self, capacity: 1)
    answer.initialize(to: decoded)
    self.answer = answer
  }

  /// Waits for the answer, which is given once. At most one task may wait. What it took is in `report` by then, and its
  /// metadata in `metadata`, whether or not there is one.
  nonisolated(nonsending) package func response() async throws(RPCError) -> Response {
    if !isEnded { await untilEnded() }
    return try answered()
  }

  /// As `response()`, with all that is known of the call.
  nonisolated(nonsending) package func end() async -> CallOutcome<Response> {
    if !isEnded { await untilEnded() }
    return outcome
  }

  /// Runs `action` at the end, on the loop; at once if it has come.
  package func whenEnded(_ action: @escaping (CallOutcome<Response>) -> Void) {
    if isEnded { action(outcome) } else { onEnd = { [self] in action(outcome) } }
  }

  private func answered() throws(RPCError) -> Response {
    // An answer may be there although the call failed: it was late.
    if let failure { throw failure }
    guard let answer else { throw RPCError(.internal, "the answer was taken") }
    self.answer = nil
    defer { answer.deallocate() }
    return answer.move()
  }

  private var outcome: CallOutcome<Response> {
    do throws(RPCError) {
      return CallOutcome(result: .success(try answered()), report: report, metadata: metadata)
    } catch {
      return CallOutcome(result: .failure(error), report: report, metadata: metadata)
    }
  }
}
