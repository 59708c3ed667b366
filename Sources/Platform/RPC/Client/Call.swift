internal import CMessages

/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Confined to the loop of its replica set.
package final class Call<Request: Message, Response: Message>: OngoingCall, @unchecked Sendable {
  // Behind pointers, as an optional of a type that is not known here is looked up in the runtime's
  // tables at every use; kept from one call that this object serves to the next.
  private let request = room(for: Request.self)
  private let answer = room(for: Response.self)
  /// A message has to be made for it: not with every call.
  private let answerType = Response.descriptor
  @exclusivity(unchecked) private var hasRequest = true
  @exclusivity(unchecked) private var hasAnswer = false

  /// Required, as a method makes its calls by their type.
  required init(
    _ terms: consuming CallState.Terms, _ request: Request, _ options: consuming CallOptions,
    on replicas: ReplicaSet
  ) {
    self.request.initialize(to: request)
    super.init(consume terms, consume options, on: replicas)
  }

  /// Makes a call that has ended, and that nobody holds any more, another one of the same types.
  func reuse(
    _ terms: consuming CallState.Terms, _ request: Request, _ options: consuming CallOptions
  ) {
    self.request.initialize(to: request)
    hasRequest = true
    reuse(consume terms, consume options)
  }

  deinit {
    forgetMessages()
    UnsafeMutableRawPointer(request).deallocate()
    UnsafeMutableRawPointer(answer).deallocate()
  }

  override func forgetMessages() {
    if hasRequest { request.deinitialize(count: 1) }
    hasRequest = false
    forgetAnswer()
  }

  private func forgetAnswer() {
    if hasAnswer { answer.deinitialize(count: 1) }
    hasAnswer = false
  }

  override func encode(in arena: Arena) -> UnsafePointer<ProtobufCMessage> {
    arena.protobuf(request.pointee)
  }

  override func decode(
    _ body: UnsafeRawBufferPointer, in arena: Arena
  ) throws(InvalidMessage) {
    let decoded = try Response(decoding: body, as: answerType, in: arena)
    forgetAnswer()
    answer.initialize(to: consume decoded)
    hasAnswer = true
  }

  /// Waits for the answer, which is given once. At most one task may wait. What it took is in
  /// `report` by then, and its metadata in `metadata`, whether or not there is one.
  nonisolated(nonsending) package func response() async throws(RPCError) -> Response {
    if !isEnded { await withUnsafeContinuation { wait($0) } }
    return try answered()
  }

  /// As `response()`, with all that is known of the call.
  nonisolated(nonsending) package func end() async -> CallOutcome<Response> {
    if !isEnded { await withUnsafeContinuation { wait($0) } }
    return outcome
  }

  /// Runs `action` at the end, on the loop; at once if it has come.
  package func whenEnded(_ action: @escaping (CallOutcome<Response>) -> Void) {
    if isEnded { action(outcome) } else { onEnd = { [self] in action(outcome) } }
  }

  private func answered() throws(RPCError) -> Response {
    // An answer may be there although the call failed: it was late.
    if let failure { throw failure }
    guard hasAnswer else { throw RPCError(.internal, "the answer was taken") }
    hasAnswer = false
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

/// With the alignment spelled out, as one that is not known here takes the slow way.
private func room<Value>(for type: Value.Type) -> UnsafeMutablePointer<Value> {
  UnsafeMutableRawPointer.allocate(
    byteCount: MemoryLayout<Value>.size, alignment: MemoryLayout<Int>.alignment
  ).bindMemory(to: Value.self, capacity: 1)
}
