internal import CMessages
package import Telemetry

/// What a caller asks of a call.
package struct CallOptions: Sendable {
  package var deadline: Instant
  /// Time for one attempt, after which another replica is tried if there is one.
  package var attemptNanoseconds: Int64
  package var trace: TraceContext
  package var priority: UInt32

  package init(
    deadline: Instant, attemptNanoseconds: Int64 = .max, trace: TraceContext = TraceContext(),
    priority: UInt32 = 0
  ) {
    self.deadline = deadline
    self.attemptNanoseconds = attemptNanoseconds
    self.trace = trace
    self.priority = priority
  }
}

/// A call under way: started at once, awaited when its answer is needed, so that several can run
/// side by side without child tasks. Confined to the loop of its replica set.
package final class Call<Request: Message, Response: Message>: @unchecked Sendable {
  package let method: Method<Request, Response>
  let request: Request
  let options: CallOptions
  private let replicas: ReplicaSet
  private var report: CallReport
  private var current: SentAttempt<Request, Response>?
  private var tried: [Balancer.ID] = []
  private var deadlineTimer: TimerQueue.ID?
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
    abandonCurrent(.abandoned, Code.cancelled, "the caller left")
    finish(.failure(RPCError(.cancelled, "the caller left")))
  }

  func start() {
    let now = Instant.now()
    guard now < options.deadline else { return expire() }
    deadlineTimer = replicas.loop.schedule(at: options.deadline) { [self] in expire() }
    attempt(now)
  }

  private func attempt(_ now: Instant) {
    guard let channel = replicas.choose(now, excluding: tried) else {
      let nobody = replicas.nobodyReady(tried: tried)
      return finish(.failure(report.lastError ?? nobody))
    }
    tried.append(channel.id)
    let attempt = SentAttempt(self, replica: channel.id, number: tried.count, start: now)
    current = attempt
    replicas.balancer.started(channel.id)
    let patience = now.adding(nanoseconds: options.attemptNanoseconds)
    if patience < options.deadline {
      attempt.timer = replicas.loop.schedule(at: patience) { [self] in outOfPatience(attempt) }
    }
    channel.start(attempt)
  }

  /// The attempt has had its time. It is left only for a replica that could do better.
  private func outOfPatience(_ attempt: Attempt) {
    guard attempt === current, outcome == nil else { return }
    let now = Instant.now()
    guard method.safety != .once || !attempt.isSent, replicas.hasReady(excluding: tried),
      tried.count < replicas.policy.attemptsMax, replicas.retryBudget.withdraw(now)
    else { return }
    let limit = options.attemptNanoseconds / 1_000_000
    abandonCurrent(.failed, .deadlineExceeded, "no answer within the attempt's \(limit) ms")
    self.attempt(now)
  }

  private func expire() {
    guard outcome == nil else { return }
    abandonCurrent(.failed, .deadlineExceeded, "the call's time is over")
    let last = report.last.map { " (\($0.replica))" } ?? ""
    finish(.failure(RPCError(.deadlineExceeded, "no answer in time\(last)")))
  }

  private func abandonCurrent(_ verdict: Balancer.Outcome, _ code: Code, _ message: String) {
    guard let attempt = current else { return }
    close(attempt, verdict, code, message)
    attempt.channel?.cancel(attempt)
  }

  /// Books the attempt and lets go of it.
  private func close(
    _ attempt: Attempt, _ verdict: Balancer.Outcome, _ code: Code, _ message: String
  ) {
    current = nil
    if let timer = attempt.timer { replicas.loop.cancel(timer) }
    let now = Instant.now()
    replicas.balancer.finished(
      attempt.replica, verdict, latencyNanoseconds: now.nanoseconds(since: attempt.start),
      now: now)
    report.attempts.append(
      CallReport.Attempt(
        replica: attempt.channel?.name ?? "", start: attempt.start, end: now, code: code,
        message: message))
  }

  fileprivate func answered(
    _ attempt: Attempt, _ head: Brigade__V1__ResponseHead, _ body: UnsafeRawBufferPointer
  ) {
    guard attempt === current else { return }
    let code = Code(rawValue: head.code) ?? .unknown
    if code == .ok {
      report.queueMicroseconds = head.queue_us
      report.handlerMicroseconds = head.handler_us
      do throws(InvalidMessage) {
        let response = try Response(decoding: body, in: replicas.loop.arena)
        close(attempt, .answered, .ok, "")
        finish(.success(response))
      } catch {
        close(attempt, .failed, .internal, "\(error)")
        finish(.failure(RPCError(.internal, "the answer: \(error)")))
      }
    } else {
      let error = RPCError(code, String(head.message), advice: RetryAdvice(head.advice))
      lost(attempt, .answered(code, error.advice), error)
    }
  }

  fileprivate func lost(_ attempt: Attempt, _ loss: RetryPolicy.Loss, _ error: RPCError) {
    guard attempt === current else { return }
    close(attempt, verdict(attempt, loss, error.code), error.code, error.message)
    let now = Instant.now()
    guard replicas.policy.mayRetry(loss, method.safety, attempts: tried.count),
      now < options.deadline, replicas.mayServe(excluding: tried),
      // What never left this process has added nothing to anyone's load.
      loss == .notSent || replicas.retryBudget.withdraw(now)
    else { return finish(.failure(error)) }
    self.attempt(now)
  }

  /// A replica that leaves in order is to be welcome when it is back, so what it refuses while it
  /// drains is no failure of its.
  private func verdict(
    _ attempt: Attempt, _ loss: RetryPolicy.Loss, _ code: Code
  ) -> Balancer.Outcome {
    if loss == .notSent || attempt.channel?.state == .draining { return .abandoned }
    return RetryPolicy.isReplicasFault(code) ? .failed : .answered
  }

  private func finish(_ result: Result<Response, RPCError>) {
    guard outcome == nil else { return }
    if let deadlineTimer { replicas.loop.cancel(deadlineTimer) }
    report.end = .now()
    let ended = CallOutcome(result: result, report: report)
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
    let body = UnsafeRawPointer(arena.message(call.request)!)
      .assumingMemoryBound(to: ProtobufCMessage.self)
    return withUnsafePointer(to: &head) {
      frames.send(
        .request,
        head: UnsafeRawPointer($0).assumingMemoryBound(to: ProtobufCMessage.self), body: body)
    }
  }

  override func answered(_ head: Brigade__V1__ResponseHead, _ body: UnsafeRawBufferPointer) {
    call.answered(self, head, body)
  }

  override func lost(_ loss: RetryPolicy.Loss, _ error: RPCError) { call.lost(self, loss, error) }
}

extension CallReport {
  /// What the last attempt failed with.
  fileprivate var lastError: RPCError? {
    last.map { RPCError($0.code, $0.message) }
  }
}

extension Result where Failure == RPCError {
  fileprivate var failureCode: Code {
    if case .failure(let error) = self { error.code } else { .ok }
  }
}
