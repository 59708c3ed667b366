internal import CMessages
internal import Telemetry

/// A call under way as far as it does not matter what its messages are: does what its `CallState`
/// says. Confined to the loop of its replica set.
package class OngoingCall: TimerTarget {
  /// As the method says.
  @exclusivity(unchecked) final var compresses = false
  @exclusivity(unchecked) private(set) final var options: CallOptions
  final let replicas: ReplicaSet
  @exclusivity(unchecked) private var state: CallState
  @exclusivity(unchecked) package private(set) final var report: CallReport
  /// At most two run at once: a copy and its hedge.
  @exclusivity(unchecked) private var older: Attempt?
  @exclusivity(unchecked) private var younger: Attempt?
  @exclusivity(unchecked) private var lastError: RPCError?
  /// Interceptors that have let it begin, and have not yet seen it end.
  @exclusivity(unchecked) private var interceptorsBegun = 0
  /// The answer's.
  @exclusivity(unchecked) package private(set) final var metadata: [Metadata] = []
  @exclusivity(unchecked) private var timer: TimerQueue.ID?
  @exclusivity(unchecked) private var timerAt = Instant.distantFuture
  @exclusivity(unchecked) private var isWokenByParent = false
  @exclusivity(unchecked) package private(set) final var isEnded = false
  /// Nil while it runs, and when it was answered.
  @exclusivity(unchecked) package private(set) final var failure: RPCError?
  @exclusivity(unchecked) private var waiter: UnsafeContinuation<Void, Never>?
  @exclusivity(unchecked) final var onEnd: (() -> Void)?

  init(
    _ terms: consuming CallState.Terms, _ options: consuming CallOptions,
    on replicas: ReplicaSet
  ) {
    let now = Instant.now()
    report = CallReport(method: terms.method, start: now, end: now)
    state = CallState(consume terms)
    self.options = options
    self.replicas = replicas
  }

  /// Makes an object whose call has ended that of another one.
  final func reuse(
    _ terms: consuming CallState.Terms, _ options: consuming CallOptions
  ) {
    let now = Instant.now()
    report = CallReport(method: terms.method, start: now, end: now)
    state = CallState(consume terms)
    self.options = consume options
    lastError = nil
    interceptorsBegun = 0
    metadata = []
    timerAt = .distantFuture
    isEnded = false
    failure = nil
  }

  /// Gives the call up; its replica is told.
  package func cancel() {
    guard !isEnded else { return }
    let now = Instant.now()
    perform(state.cancel(now, &replicas.routing), now)
  }

  /// Resumed at the end. (Given here by who waits: a function in between would be another one to
  /// return from, which takes a task the time of a small call.)
  final func wait(_ continuation: UnsafeContinuation<Void, Never>) { waiter = continuation }

  /// - Parameter isWokenByParent: who calls `wake` when the call's time is over, so that it needs
  ///   no timer for that, until it is `orphaned`.
  final func start(isWokenByParent: Bool = false) {
    self.isWokenByParent = isWokenByParent
    let now = report.start
    do throws(RPCError) {
      if !replicas.interceptors.isEmpty { try interceptBegin() }
      if !options.metadata.isEmpty, let problem = options.metadata.problem(replicas.limits) {
        throw problem
      }
    } catch {
      return finish(error, now)
    }
    replicas.lookIfNobody(excluding: state.tried)
    perform(state.begin(now, &replicas.routing), now)
  }

  func timerCame() {
    timer = nil
    timerAt = .distantFuture
    wake()
  }

  /// Its parent no longer waits, and will not wake it.
  final func orphaned() {
    isWokenByParent = false
    wakeLater()
  }

  final func wake() {
    guard !isEnded else { return }
    replicas.lookIfNobody(excluding: state.tried)
    let hasLeft = [older, younger].contains { ($0?.requestBytes ?? 0) > 0 }
    let now = Instant.now()
    perform(state.wake(now, hasLeft: hasLeft, &replicas.routing), now)
  }

  // MARK: Messages

  /// The request, written in the arena.
  func encode(in arena: Arena) -> UnsafePointer<ProtobufCMessage> { fatalError("abstract") }

  /// Keeps the response.
  func decode(
    _ body: UnsafeRawBufferPointer, in arena: Arena
  ) throws(InvalidMessage) { fatalError("abstract") }

  /// Lets go of request and response: the call has ended, and its object is to serve another.
  func forgetMessages() { fatalError("abstract") }

  // MARK: Interceptors

  private var intercepted: InterceptedCall {
    InterceptedCall(
      side: .client, method: report.method, deadline: options.deadline, trace: options.trace,
      requestMetadata: options.metadata)
  }

  private func interceptBegin() throws(RPCError) {
    var call = intercepted
    defer {
      options.trace = call.trace
      options.metadata = call.requestMetadata
    }
    try replicas.interceptors.begin(&call, counting: &interceptorsBegun)
  }

  private func interceptEnd(_ code: Code) {
    var call = intercepted
    call.answerMetadata = metadata
    call.code = code
    call.queueNanoseconds = Int64(
      clamping: min(report.last?.queueMicroseconds ?? 0, UInt64(Int32.max)) * 1_000)
    call.nanoseconds = report.end.nanoseconds(since: report.start)
    replicas.interceptors.tell(.ends, &call, begun: interceptorsBegun)
    metadata = call.answerMetadata
  }

  // MARK: What the state says

  /// What led to a step, and ends the call if that is the step's end.
  private enum Event {
    case other
    case answered
    case failed(RPCError)
  }

  /// - Parameter attempt: the one that ended, and so made the step; written down after those that
  ///   are left.
  private func perform(
    _ step: CallStep, _ now: Instant, after attempt: consuming CallReport.Attempt? = nil,
    _ event: Event = .other
  ) {
    if step.leaving != (0, 0) {
      leave(step.leaving.0, step.reason, now)
      leave(step.leaving.1, step.reason, now)
    }
    if let attempt = consume attempt { report.add(attempt) }
    if let (number, replica, isHedge) = step.sending { send(Int(number), replica, isHedge, now) }
    switch step.end {
    case nil: wakeLater()
    case .byEvent:
      switch event {
      case .answered: finish(nil, now)
      case .failed(let error): finish(error, now)
      case .other: finish(unserved, now)
      }
    case .unserved: finish(unserved, now)
    case .cancelled: finish(RPCError(.cancelled, "the caller left"), now)
    case .expired:
      let last = report.last.map { " (\($0.replica))" } ?? ""
      finish(RPCError(.deadlineExceeded, "no answer in time\(last)"), now)
    }
  }

  private var unserved: RPCError { lastError ?? replicas.nobodyReady(options.requires) }

  private func send(_ number: Int, _ replica: Balancer.ID, _ isHedge: Bool, _ now: Instant) {
    let channel = replicas.channel(replica)
    let id = replicas.newAttemptID()
    let attempt = Attempt(
      id: id, replica: replica, number: number, isHedge: isHedge, start: now, channel: channel)
    if older == nil { older = attempt } else { younger = attempt }
    guard let channel else { return lost(id, .notSent, .notStarted("the replica is gone")) }
    channel.start(id, of: self, now)
  }

  /// One timer a call, at the first of all that may be due.
  private func wakeLater() {
    guard !state.isOver else { return }
    let wakeAt = state.wakeAt
    guard wakeAt < timerAt, !isWokenByParent || wakeAt < options.deadline else { return }
    if let timer { replicas.loop.cancel(timer) }
    timerAt = wakeAt
    timer = replicas.loop.schedule(at: timerAt, self)
  }

  private func leave(_ number: UInt8, _ reason: CallStep.Reason, _ now: Instant) {
    guard number > 0, let attempt = take(where: { $0.number == number }) else { return }
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
    report.add(attempt.report(code, message, now))
    attempt.channel?.cancel(attempt.id)
  }

  private func take(where isMeant: (Attempt) -> Bool) -> Attempt? {
    if let attempt = younger, isMeant(attempt) {
      younger = nil
      return attempt
    }
    guard let attempt = older, isMeant(attempt) else { return nil }
    older = younger
    younger = nil
    return attempt
  }

  // MARK: What channels tell

  /// Writes the request's frame; false when it is longer than the peer takes.
  func send(_ attempt: UInt64, on frames: FrameConnection, _ now: Instant) -> Bool {
    let isYounger = younger?.id == attempt
    guard let number = isYounger ? younger?.number : older?.number else { return true }
    let waiting = frames.stream.output.count
    guard write(attempt, number: number, on: frames, now) else { return false }
    let bytes = max(0, frames.stream.output.count - waiting)
    if younger?.id == attempt {
      younger?.requestBytes = bytes
    } else if older?.id == attempt {
      older?.requestBytes = bytes
    }
    return true
  }

  /// Head and body are valid for the call only.
  func answered(
    _ head: borrowing AnswerHeader, _ body: UnsafeRawBufferPointer, frameBytes: Int,
    isCompressed: Bool
  ) {
    let id = head.call
    guard var attempt = take(where: { $0.id == id }) else { return }
    attempt.answerBytes = frameBytes
    metadata = head.metadata
    report.isCompressed = isCompressed
    let code = Code(rawValue: head.code) ?? .unknown
    let load = ReplicaLoad(inFlight: head.loadInFlight, permille: head.loadPermille)
    attempt.queueMicroseconds = head.queueMicroseconds
    attempt.handlerMicroseconds = head.handlerMicroseconds
    guard code == .ok else {
      let message = String(decoding: head.message, as: UTF8.self)
      let error = RPCError(code, message, advice: head.advice)
      return failed(attempt, .answered(code, error.advice), error, error, load)
    }
    do throws(RPCError) {
      try decode(body, isCompressed: isCompressed)
      // When its bytes had arrived.
      let now = replicas.loop.turnStart
      let step = state.answered(UInt8(attempt.number), load: load, now, &replicas.routing)
      perform(step, now, after: attempt.report(.ok, "", now), .answered)
    } catch {
      let invalid = RPCError(.internal, error.message, advice: .never)
      let told = RPCError(.internal, "the answer: \(error.message)")
      failed(attempt, .answered(.internal, .never), invalid, told, load)
    }
  }

  private func decode(
    _ body: UnsafeRawBufferPointer, isCompressed: Bool
  ) throws(RPCError) {
    guard isCompressed else { return try decode(body) }
    let inflated = try replicas.codec.inflate(body)
    let failure = inflated.withUnsafeBytes { body -> RPCError? in
      do throws(RPCError) { try decode(body) } catch { return error }
      return nil
    }
    if let failure { throw failure }
  }

  private func decode(_ body: UnsafeRawBufferPointer) throws(RPCError) {
    do throws(InvalidMessage) {
      try decode(body, in: replicas.loop.arena)
    } catch {
      throw RPCError(.internal, "\(error)")
    }
  }

  func lost(_ attempt: UInt64, _ loss: RetryPolicy.Loss, _ error: RPCError) {
    guard let attempt = take(where: { $0.id == attempt }) else { return }
    failed(attempt, loss, error, error, nil)
  }

  /// - Parameter told: what the caller gets if the call ends with it.
  private func failed(
    _ attempt: Attempt, _ loss: RetryPolicy.Loss, _ error: RPCError, _ told: RPCError,
    _ load: ReplicaLoad?
  ) {
    lastError = told
    replicas.lookIfNobody(excluding: state.tried)
    let now = Instant.now()
    let step = state.lost(
      UInt8(attempt.number), loss, error.code, load: load,
      isLeaving: attempt.channel?.state == .draining, now, &replicas.routing)
    perform(step, now, after: attempt.report(error.code, error.message, now), .failed(told))
  }

  private func finish(_ failure: RPCError?, _ now: Instant) {
    guard !isEnded else { return }
    if let timer { replicas.loop.cancel(timer) }
    timer = nil
    report.end = now
    if interceptorsBegun > 0 { interceptEnd(failure?.code ?? .ok) }
    self.failure = failure
    isEnded = true
    if let waiter { waiter.resume() }
    waiter = nil
    guard let onEnd else { return }
    self.onEnd = nil
    onEnd()
  }
}
