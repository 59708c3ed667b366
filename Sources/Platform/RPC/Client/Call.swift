internal import CMessages
package import Telemetry

/// What a caller asks of a call.
package struct CallOptions: Sendable {
  package var deadline: Instant
  /// Time for one attempt, after which another replica is tried if there is one.
  package var attemptNanoseconds: Int64
  package var trace: TraceContext
  package var priority: UInt32
  /// For interceptors and handlers; at most `Limits.metadataBytesMax`.
  package var metadata: [Metadata]

  package init(
    deadline: Instant, attemptNanoseconds: Int64 = .max, trace: TraceContext = TraceContext(),
    priority: UInt32 = 0, metadata: [Metadata] = []
  ) {
    self.deadline = deadline
    self.attemptNanoseconds = attemptNanoseconds
    self.trace = trace
    self.priority = priority
    self.metadata = metadata
  }
}

/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Does what its `CallState` says. Confined to the loop of its
/// replica set.
package final class Call<Request: Message, Response: Message>: @unchecked Sendable {
  package let method: Method<Request, Response>
  let request: Request
  private(set) var options: CallOptions
  private let replicas: ReplicaSet
  private var state: CallState
  private var report: CallReport
  /// At most two run at once: a copy and its hedge.
  private var older: SentAttempt<Request, Response>?
  private var younger: SentAttempt<Request, Response>?
  private var lastError: RPCError?
  private var metadata: [Metadata] = []
  private var timer: TimerQueue.ID?
  private var timerAt = Instant.distantFuture
  private var outcome: CallOutcome<Response>?
  private var waiter: UnsafeContinuation<CallOutcome<Response>, Never>?
  private var onFinish: ((CallOutcome<Response>) -> Void)?

  init(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    on replicas: ReplicaSet
  ) {
    self.method = method
    self.request = request
    self.options = options
    self.replicas = replicas
    state = CallState(
      CallState.Terms(
        method: method.name, safety: method.safety, isHedged: method.isHedged,
        deadline: options.deadline, attemptNanoseconds: options.attemptNanoseconds))
    let now = Instant.now()
    report = CallReport(method: method.name, start: now, end: now)
  }

  /// Waits for the end. At most one task may wait.
  package func end() async -> CallOutcome<Response> {
    if let outcome { return outcome }
    return await withUnsafeContinuation { waiter = $0 }
  }

  /// Runs `action` at the end, on the loop; at once if it has come.
  package func whenEnded(_ action: @escaping (CallOutcome<Response>) -> Void) {
    if let outcome { action(outcome) } else { onFinish = action }
  }

  /// Gives the call up; its replica is told.
  package func cancel() {
    guard outcome == nil else { return }
    perform(state.cancel(.now(), &replicas.routing))
  }

  func start() {
    do throws(RPCError) {
      try intercept()
      if let problem = options.metadata.problem(replicas.limits) { throw problem }
    } catch {
      return finish(.failure(error))
    }
    replicas.lookIfNobody(excluding: state.tried)
    perform(state.begin(report.start, &replicas.routing))
  }

  // MARK: Interceptors

  private var intercepted: InterceptedCall {
    InterceptedCall(
      side: .client, method: method.name, deadline: options.deadline, trace: options.trace,
      requestMetadata: options.metadata)
  }

  private func intercept() throws(RPCError) {
    guard !replicas.interceptors.isEmpty else { return }
    var call = intercepted
    try replicas.interceptors.begin(&call)
    options.trace = call.trace
    options.metadata = call.requestMetadata
  }

  private func interceptEnd(_ code: Code) {
    guard !replicas.interceptors.isEmpty else { return }
    var call = intercepted
    call.answerMetadata = metadata
    call.code = code
    call.queueNanoseconds = Int64(
      clamping: min(report.queueMicroseconds, UInt64(Int32.max)) * 1_000)
    call.nanoseconds = report.end.nanoseconds(since: report.start)
    replicas.interceptors.end(&call)
    metadata = call.answerMetadata
  }

  private func wake() {
    timer = nil
    timerAt = .distantFuture
    replicas.lookIfNobody(excluding: state.tried)
    let hasLeft = older?.isSent == true || younger?.isSent == true
    perform(state.wake(.now(), hasLeft: hasLeft, &replicas.routing))
  }

  // MARK: What the state says

  /// - Parameters:
  ///   - attempt: the one that ended, and so made the step; written down after those that are left.
  ///   - result: what the call ends with, if it ends by that.
  private func perform(
    _ step: CallStep, after attempt: CallReport.Attempt? = nil,
    _ result: Result<Response, RPCError>? = nil
  ) {
    leave(step.leaving.0, step.reason)
    leave(step.leaving.1, step.reason)
    if let attempt { report.attempts.append(attempt) }
    if let (number, replica, isHedge) = step.sending { send(Int(number), replica, isHedge) }
    switch step.end {
    case nil: wakeLater()
    case .byEvent: finish(result ?? .failure(unserved))
    case .unserved: finish(.failure(unserved))
    case .cancelled: finish(.failure(RPCError(.cancelled, "the caller left")))
    case .expired:
      let last = report.last.map { " (\($0.replica))" } ?? ""
      finish(.failure(RPCError(.deadlineExceeded, "no answer in time\(last)")))
    }
  }

  private var unserved: RPCError { lastError ?? replicas.nobodyReady }

  private func send(_ number: Int, _ replica: Balancer.ID, _ isHedge: Bool) {
    let attempt = SentAttempt(self, replica: replica, number: number, start: .now())
    attempt.isHedge = isHedge
    if older == nil { older = attempt } else { younger = attempt }
    guard let channel = replicas.channel(replica) else {
      return lost(attempt, .notSent, .notStarted("the replica is gone"))
    }
    channel.start(attempt)
  }

  /// One timer a call, at the first of all that may be due.
  private func wakeLater() {
    guard !state.isOver, state.wakeAt < timerAt else { return }
    if let timer { replicas.loop.cancel(timer) }
    timerAt = state.wakeAt
    timer = replicas.loop.schedule(at: timerAt) { [self] in wake() }
  }

  private func leave(_ number: UInt8, _ reason: CallStep.Reason) {
    guard number > 0, let attempt = take(Int(number)) else { return }
    let (code, message): (Code, String) =
      switch reason {
      case .slow:
        (
          .deadlineExceeded,
          "no answer within the attempt's \(options.attemptNanoseconds / 1_000_000) ms"
        )
      case .expired: (.deadlineExceeded, "the call's time is over")
      case .outrun: (.cancelled, "another replica answered first")
      case .cancelled: (.cancelled, "the caller left")
      }
    report.attempts.append(entry(attempt, code, message))
    attempt.channel?.cancel(attempt)
  }

  private func take(_ number: Int) -> SentAttempt<Request, Response>? {
    if let attempt = younger, attempt.number == number {
      younger = nil
      return attempt
    }
    guard let attempt = older, attempt.number == number else { return nil }
    older = younger
    younger = nil
    return attempt
  }

  private func entry(
    _ attempt: Attempt, _ code: Code, _ message: String
  ) -> CallReport.Attempt {
    CallReport.Attempt(
      replica: attempt.channel?.name ?? "", start: attempt.start, end: .now(), code: code,
      message: message, number: attempt.number, isHedge: attempt.isHedge)
  }

  // MARK: Ends of attempts

  fileprivate func answered(
    _ attempt: Attempt, _ head: Brigade__V1__ResponseHead, _ body: UnsafeRawBufferPointer,
    isCompressed: Bool
  ) {
    guard take(attempt.number) != nil else { return }
    metadata = head.n_metadata == 0 ? [] : Array(head.metadata, head.n_metadata)
    report.isCompressed = isCompressed
    let code = Code(rawValue: head.code) ?? .unknown
    let load = ReplicaLoad(inFlight: head.load_in_flight, permille: head.load_permille)
    guard code == .ok else {
      let error = RPCError(code, String(head.message), advice: RetryAdvice(head.advice))
      return failed(attempt, .answered(code, error.advice), error, error, load)
    }
    report.queueMicroseconds = head.queue_us
    report.handlerMicroseconds = head.handler_us
    do throws(RPCError) {
      let response = try decode(body, isCompressed: isCompressed)
      let step = state.answered(UInt8(attempt.number), load: load, .now(), &replicas.routing)
      perform(step, after: entry(attempt, .ok, ""), .success(response))
    } catch {
      let invalid = RPCError(.internal, error.message, advice: .never)
      let told = RPCError(.internal, "the answer: \(error.message)")
      failed(attempt, .answered(.internal, .never), invalid, told, load)
    }
  }

  private func decode(
    _ body: UnsafeRawBufferPointer, isCompressed: Bool
  ) throws(RPCError) -> Response {
    let arena = replicas.loop.arena
    guard isCompressed else { return try Self.decode(body, in: arena).get() }
    return try replicas.codec.inflate(body).withUnsafeBytes { Self.decode($0, in: arena) }.get()
  }

  private static func decode(
    _ body: UnsafeRawBufferPointer, in arena: Arena
  ) -> Result<Response, RPCError> {
    do throws(InvalidMessage) {
      return .success(try Response(decoding: body, in: arena))
    } catch {
      return .failure(RPCError(.internal, "\(error)"))
    }
  }

  fileprivate var codec: BodyCodec { replicas.codec }

  fileprivate func lost(_ attempt: Attempt, _ loss: RetryPolicy.Loss, _ error: RPCError) {
    guard take(attempt.number) != nil else { return }
    failed(attempt, loss, error, error, nil)
  }

  /// - Parameter told: what the caller gets if the call ends with it.
  private func failed(
    _ attempt: Attempt, _ loss: RetryPolicy.Loss, _ error: RPCError, _ told: RPCError,
    _ load: ReplicaLoad?
  ) {
    lastError = told
    replicas.lookIfNobody(excluding: state.tried)
    let step = state.lost(
      UInt8(attempt.number), loss, error.code, load: load,
      isLeaving: attempt.channel?.state == .draining, .now(), &replicas.routing)
    perform(step, after: entry(attempt, error.code, error.message), .failure(told))
  }

  private func finish(_ result: Result<Response, RPCError>) {
    guard outcome == nil else { return }
    if let timer { replicas.loop.cancel(timer) }
    timer = nil
    report.end = .now()
    interceptEnd(result.failureCode)
    let ended = CallOutcome(result: result, report: report, metadata: metadata)
    outcome = ended
    replicas.onEnded(report, result.failureCode)
    if let waiter { waiter.resume(returning: ended) }
    waiter = nil
    onFinish?(ended)
    onFinish = nil
  }
}

/// The attempt of a call whose types are known.
private final class SentAttempt<Request: Message, Response: Message>: Attempt {
  private let call: Call<Request, Response>

  init(_ call: Call<Request, Response>, replica: Balancer.ID, number: Int, start: Instant) {
    self.call = call
    super.init(replica: replica, number: number, start: start)
  }

  override func send(on frames: FrameConnection) -> Bool {
    let arena = frames.loop.arena
    defer { arena.reset() }
    let options = call.options
    var head = Brigade__V1__RequestHead()
    brigade__v1__request_head__init(&head)
    head.call = callID
    head.method = arena.string(call.method.name)
    // Zero would ask for the server's default.
    head.budget_us = max(1, options.deadline.microseconds(since: .now()))
    head.trace_id = arena.bytes(options.trace.bytes)
    head.parent_span_id = options.trace.parentSpan
    head.trace_flags = options.trace.flags
    head.attempt = UInt32(number)
    head.priority = options.priority
    if !options.metadata.isEmpty {
      (head.metadata, head.n_metadata) = (
        arena.messages(options.metadata), options.metadata.count
      )
    }
    let body = UnsafeRawPointer(arena.message(call.request)!)
      .assumingMemoryBound(to: ProtobufCMessage.self)
    return withUnsafePointer(to: &head) {
      let head = UnsafeRawPointer($0).assumingMemoryBound(to: ProtobufCMessage.self)
      return call.method.compresses
        ? frames.send(.request, head: head, body: body, compressedBy: call.codec)
        : frames.send(.request, head: head, body: body)
    }
  }

  override func answered(
    _ head: Brigade__V1__ResponseHead, _ body: UnsafeRawBufferPointer, isCompressed: Bool
  ) {
    call.answered(self, head, body, isCompressed: isCompressed)
  }

  override func lost(_ loss: RetryPolicy.Loss, _ error: RPCError) { call.lost(self, loss, error) }
}

extension Result where Failure == RPCError {
  fileprivate var failureCode: Code {
    if case .failure(let error) = self { error.code } else { .ok }
  }
}
