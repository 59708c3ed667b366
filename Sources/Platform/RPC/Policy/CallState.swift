package import Telemetry

/// One call from its first attempt to its end: who is asked, when somebody else is, and whose answer
/// counts. Pure: a shell tells what happened, does what the step says, and calls `wake` at `wakeAt`.
///
/// At most two attempts run at once: the first copy and a hedge, or a retry and its hedge.
package struct CallState: Sendable {
  /// What a call is made under.
  package struct Terms: Sendable {
    package var method: String
    package var safety: Safety
    package var isHedged: Bool
    package var deadline: Instant
    /// Time for one attempt, after which another replica is tried if there is one.
    package var attemptNanoseconds: Int64
    /// The hash of a tag that a replica must have; 0 where any will do.
    var requires: UInt64

    package init(
      method: String, safety: Safety, isHedged: Bool, deadline: Instant,
      attemptNanoseconds: Int64 = .max, requires: UInt64 = 0
    ) {
      self.method = method
      self.safety = safety
      self.isHedged = isHedged && safety != .once
      self.deadline = deadline
      self.attemptNanoseconds = attemptNanoseconds
      self.requires = requires
    }
  }

  private struct Running: Sendable {
    let number: UInt8
    let replica: Balancer.ID
    let start: Instant
    let isHedge: Bool
  }

  private let terms: Terms
  package private(set) var tried: TriedReplicas
  private var older: Running?
  private var younger: Running?
  private var patienceEnd = Instant.distantFuture
  private var hedgeAt = Instant.distantFuture
  private var retryAt = Instant.distantFuture
  package private(set) var isOver = false

  package init(_ terms: consuming Terms) {
    tried = TriedReplicas(requires: terms.requires)
    self.terms = terms
  }

  /// When `wake` is to be called; the earlier of the call's deadline and what is planned.
  package var wakeAt: Instant {
    // By twos, as numbers: a `min` of four instants makes an array and asks a table how to compare.
    let first = min(terms.deadline.nanoseconds, patienceEnd.nanoseconds)
    let second = min(hedgeAt.nanoseconds, retryAt.nanoseconds)
    return Instant(nanoseconds: min(first, second))
  }

  /// Attempts so far.
  package var attempts: Int { tried.count }

  package func isRunning(_ number: UInt8) -> Bool {
    older?.number == number || younger?.number == number
  }

  /// The running attempt at a replica, by number.
  package func attempt(at replica: Balancer.ID) -> UInt8? {
    if let older, older.replica == replica { return older.number }
    if let younger, younger.replica == replica { return younger.number }
    return nil
  }

  // MARK: Events

  package mutating func begin(_ now: Instant, _ routing: inout Routing) -> CallStep {
    routing.counts.calls += 1
    routing.retryBudget.deposit(now)
    guard now < terms.deadline else { return expire(now, &routing) }
    if terms.isHedged, let delay = routing.hedging.began(terms.method) {
      hedgeAt = now.adding(nanoseconds: delay)
    }
    return send(now, &routing, isHedge: false)
  }

  /// - Parameter hasLeft: whether a running attempt has left this process.
  package mutating func wake(
    _ now: Instant, hasLeft: Bool, _ routing: inout Routing
  ) -> CallStep {
    guard !isOver else { return CallStep() }
    if now >= terms.deadline { return expire(now, &routing) }
    if now >= retryAt {
      retryAt = .distantFuture
      return send(now, &routing, isHedge: false)
    }
    if now >= patienceEnd {
      patienceEnd = .distantFuture
      return outOfPatience(now, hasLeft: hasLeft, &routing)
    }
    if now >= hedgeAt {
      hedgeAt = .distantFuture
      return hedge(now, &routing)
    }
    return CallStep()
  }

  /// A running attempt's answer is the call's; others are left.
  package mutating func answered(
    _ number: UInt8, load: ReplicaLoad?, _ now: Instant, _ routing: inout Routing
  ) -> CallStep {
    guard let attempt = take(number) else { return CallStep() }
    routing.finished(
      attempt.replica, .answered, latencyNanoseconds: now.nanoseconds(since: attempt.start),
      load: load, now: now)
    if attempt.isHedge { routing.counts.hedgesWon += 1 }
    recordFirst(attempt, now, &routing)
    return finish(.byEvent, leaving: .outrun, now, &routing)
  }

  /// A running attempt failed, was refused, or its connection broke.
  /// - Parameter isLeaving: the replica is draining; what it refuses then is no failure of its.
  package mutating func lost(
    _ number: UInt8, _ loss: RetryPolicy.Loss, _ code: Code, load: ReplicaLoad?, isLeaving: Bool,
    _ now: Instant, _ routing: inout Routing
  ) -> CallStep {
    guard let attempt = take(number) else { return CallStep() }
    routing.finished(
      attempt.replica, Self.outcome(loss, code, isLeaving: isLeaving),
      latencyNanoseconds: now.nanoseconds(since: attempt.start), load: load, now: now)
    if loss.isMisdirected { routing.misdirected(terms.method, to: attempt.replica, now) }
    if older != nil {
      // The other copy may do better, unless the fault is the request's.
      let isFinal = loss.isAnswer && !RetryPolicy.isReplicasFault(code)
      return isFinal ? finish(.byEvent, leaving: .outrun, now, &routing) : CallStep()
    }
    guard
      routing.settings.retries.mayRetry(loss, terms.safety, attempts: tried.count),
      tried.count < TriedReplicas.max, now < terms.deadline,
      routing.balancer.mayServe(excluding: tried),
      // What never left this process has added nothing to anyone's load, and what went to the
      // wrong one next to nothing.
      loss == .notSent || loss.isMisdirected || withdrawRetry(now, &routing)
    else { return finish(.byEvent, leaving: .outrun, now, &routing) }
    let pause = routing.settings.retries.pauseNanoseconds(
      before: tried.count + 1, after: loss, random: &routing.random)
    guard pause > 0, !loss.isMisdirected else { return send(now, &routing, isHedge: false) }
    let left = terms.deadline.nanoseconds(since: now)
    retryAt = now.adding(nanoseconds: min(pause, left / 4))
    patienceEnd = .distantFuture
    hedgeAt = .distantFuture
    return CallStep()
  }

  /// The caller no longer wants it.
  package mutating func cancel(_ now: Instant, _ routing: inout Routing) -> CallStep {
    guard !isOver else { return CallStep() }
    return finish(.cancelled, leaving: .cancelled, now, &routing)
  }

  // MARK: What follows

  private mutating func send(
    _ now: Instant, _ routing: inout Routing, isHedge: Bool
  ) -> CallStep {
    guard let replica = routing.pick(terms.method, now, excluding: tried, terms.safety) else {
      return finish(.unserved, leaving: .outrun, now, &routing)
    }
    tried.insert(replica)
    routing.started(replica)
    let attempt = Running(
      number: UInt8(tried.count), replica: replica, start: now, isHedge: isHedge)
    if older == nil { older = attempt } else { younger = attempt }
    patienceEnd = now.adding(nanoseconds: terms.attemptNanoseconds)
    var step = CallStep()
    step.sending = (attempt.number, replica, isHedge)
    return step
  }

  private mutating func hedge(_ now: Instant, _ routing: inout Routing) -> CallStep {
    guard older != nil, younger == nil, tried.count < routing.settings.retries.attemptsMax,
      tried.count < TriedReplicas.max, routing.balancer.hasReady(excluding: tried)
    else { return CallStep() }
    guard routing.hedging.withdraw() else {
      routing.counts.hedgesRefused += 1
      return CallStep()
    }
    routing.counts.hedges += 1
    return send(now, &routing, isHedge: true)
  }

  /// The attempt has had its time. It is left only for a replica that could do better.
  private mutating func outOfPatience(
    _ now: Instant, hasLeft: Bool, _ routing: inout Routing
  ) -> CallStep {
    guard terms.safety != .once || !hasLeft, tried.count < routing.settings.retries.attemptsMax,
      tried.count < TriedReplicas.max, routing.balancer.hasReady(excluding: tried),
      withdrawRetry(now, &routing)
    else { return CallStep() }
    let leaving = leaveAll(.slow, now, &routing)
    hedgeAt = .distantFuture
    var step = send(now, &routing, isHedge: false)
    if step.end == nil {
      step.leaving = leaving
      step.reason = .slow
    }
    return step
  }

  private func withdrawRetry(_ now: Instant, _ routing: inout Routing) -> Bool {
    guard routing.retryBudget.withdraw(now) else {
      routing.counts.retriesRefused += 1
      return false
    }
    routing.counts.retries += 1
    return true
  }

  private mutating func expire(_ now: Instant, _ routing: inout Routing) -> CallStep {
    finish(.expired, leaving: .expired, now, &routing)
  }

  private mutating func finish(
    _ end: CallStep.End, leaving reason: CallStep.Reason, _ now: Instant, _ routing: inout Routing
  ) -> CallStep {
    var step = CallStep()
    step.reason = reason
    let first = older
    step.leaving = leaveAll(reason, now, &routing)
    if reason == .outrun || reason == .expired, let first { recordFirst(first, now, &routing) }
    step.end = end
    isOver = true
    patienceEnd = .distantFuture
    hedgeAt = .distantFuture
    retryAt = .distantFuture
    return step
  }

  private mutating func leaveAll(
    _ reason: CallStep.Reason, _ now: Instant, _ routing: inout Routing
  ) -> (UInt8, UInt8) {
    let left = (older?.number ?? 0, younger?.number ?? 0)
    for attempt in [older, younger] {
      guard let attempt else { continue }
      let elapsed = now.nanoseconds(since: attempt.start)
      let outcome: Balancer.Outcome =
        switch reason {
        case .slow: .failed
        case .outrun: .outrun
        case .cancelled: .abandoned
        case .expired:
          routing.isLate(attempt.replica, afterNanoseconds: elapsed) ? .failed : .abandoned
        }
      routing.finished(
        attempt.replica, outcome, latencyNanoseconds: elapsed, load: nil, now: now)
    }
    older = nil
    younger = nil
    return left
  }

  /// How late a method's first copies are is what hedges are timed by.
  private func recordFirst(_ attempt: Running, _ now: Instant, _ routing: inout Routing) {
    guard terms.isHedged, attempt.number == 1 else { return }
    routing.hedging.record(
      terms.method, nanoseconds: now.nanoseconds(since: attempt.start), now)
  }

  private mutating func take(_ number: UInt8) -> Running? {
    if let attempt = younger, attempt.number == number {
      younger = nil
      return attempt
    }
    guard let attempt = older, attempt.number == number else { return nil }
    older = younger
    younger = nil
    return attempt
  }

  /// What an attempt's end says of its replica.
  private static func outcome(
    _ loss: RetryPolicy.Loss, _ code: Code, isLeaving: Bool
  ) -> Balancer.Outcome {
    if loss == .notSent || loss.isMisdirected || isLeaving { return .abandoned }
    switch loss {
    case .answered(.unavailable, .notStarted), .answered(.deadlineExceeded, .notStarted):
      return .refused
    default: return RetryPolicy.isReplicasFault(code) ? .failed : .answered
    }
  }
}

extension RetryPolicy.Loss {
  var isAnswer: Bool { if case .answered = self { true } else { false } }
  /// The replica is well, and will not serve this method as long as its role is what it is.
  var isMisdirected: Bool { self == .answered(.failedPrecondition, .notStarted) }
}
