internal import Telemetry
import Testing

@testable internal import RPC

/// A call's course, event by event.
final class CallStateTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private lazy var routing = newRouting()

  private func newRouting(
    replicas: Int = 3, _ settings: RoutingSettings = RoutingSettings()
  ) -> Routing {
    var routing = Routing(settings, seed: 3, now: now)
    for id in 0..<replicas {
      routing.add(id)
      routing.setConnection(id, .open, now)
    }
    return routing
  }

  private func call(
    _ safety: Safety = .pure, isHedged: Bool = false, milliseconds: Int64 = 100,
    attemptMilliseconds: Int64 = 20
  ) -> CallState {
    CallState(
      CallState.Terms(
        method: "m", safety: safety, isHedged: isHedged,
        deadline: now.adding(milliseconds: milliseconds),
        attemptNanoseconds: attemptMilliseconds * 1_000_000))
  }

  /// As if so many calls had taken ten milliseconds each.
  private func learnLatency() {
    for _ in 0..<200 { routing.hedging.record("m", nanoseconds: 10_000_000, now) }
    for _ in 0..<100 { _ = routing.hedging.began("m") }
  }

  private func later(_ milliseconds: Int64) { now = now.adding(milliseconds: milliseconds) }

  @Test func `the first answer is the call's`() {
    var call = call()
    let step = call.begin(now, &routing)
    #expect(step.sending?.number == 1 && step.end == nil && step.leaving == (0, 0))
    let replica = step.sending?.replica ?? -1
    #expect(routing.balancer.inFlight(replica) == 1)
    later(5)
    let end = call.answered(1, load: nil, now, &routing)
    #expect(end.end == .byEvent && end.leaving == (0, 0) && call.isOver)
    #expect(routing.balancer.inFlight(replica) == 0)
    #expect(routing.balancer.latencyNanoseconds(replica) != nil)
    #expect(call.answered(1, load: nil, now, &routing).end == nil, "only once")
  }

  @Test func `a call whose time is over is not begun`() {
    var call = call(milliseconds: 0)
    let step = call.begin(now, &routing)
    #expect(step.end == .expired && step.sending == nil && routing.counts.attempts == 0)
  }

  @Test func `without a replica a call ends at once`() {
    routing = newRouting(replicas: 0)
    var call = call()
    #expect(call.begin(now, &routing).end == .unserved)
  }

  @Test func `at its deadline what runs is left`() {
    var call = call(milliseconds: 15)
    _ = call.begin(now, &routing)
    #expect(call.wakeAt == now.adding(milliseconds: 15))
    later(15)
    let step = call.wake(now, hasLeft: true, &routing)
    #expect(step.end == .expired && step.leaving == (1, 0) && step.reason == .expired)
  }

  @Test func `an attempt that has had its time is left for another replica`() {
    var call = call()
    let first = call.begin(now, &routing).sending
    later(20)
    #expect(call.wakeAt == now)
    let step = call.wake(now, hasLeft: true, &routing)
    #expect(step.leaving == (1, 0) && step.reason == .slow)
    #expect(step.sending?.number == 2 && step.sending?.replica != first?.replica)
    #expect(routing.counts.retries == 1)
    #expect(call.answered(1, load: nil, now, &routing).end == nil, "its answer is too late")
    #expect(call.answered(2, load: nil, now, &routing).end == .byEvent)
  }

  @Test func `what must run once is left for another replica only as long as it is here`() {
    var sent = call(.once)
    _ = sent.begin(now, &routing)
    var unsent = sent
    later(20)
    #expect(sent.wake(now, hasLeft: true, &routing).sending == nil)
    #expect(unsent.wake(now, hasLeft: false, &routing).sending?.number == 2)
  }

  @Test func `without another replica an attempt keeps its time`() {
    routing = newRouting(replicas: 1)
    var call = call()
    _ = call.begin(now, &routing)
    later(20)
    let step = call.wake(now, hasLeft: true, &routing)
    #expect(step.sending == nil && step.end == nil && call.isRunning(1))
    #expect(call.wakeAt == now.adding(milliseconds: 80))
  }

  @Test func `a refusal is taken elsewhere after a pause, and only so often`() {
    var call = call()
    _ = call.begin(now, &routing)
    var refusals = 0
    for number in 1...3 {
      let step = call.lost(
        UInt8(number), .answered(.unavailable, .notStarted), .unavailable, load: nil,
        isLeaving: false, now, &routing)
      refusals += 1
      guard step.end == nil else { break }
      #expect(step.sending == nil, "not at once")
      #expect(call.wakeAt > now && call.wakeAt <= now.adding(milliseconds: 3))
      now = call.wakeAt
      #expect(call.wake(now, hasLeft: false, &routing).sending?.number == UInt8(number + 1))
    }
    #expect(refusals == 3 && call.isOver)
  }

  @Test func `a pause never takes more than a quarter of what is left`() {
    var settings = RoutingSettings()
    settings.retries.pauseNanoseconds = 50_000_000
    routing = newRouting(settings)
    for _ in 0..<20 {
      var call = call(milliseconds: 40)
      _ = call.begin(now, &routing)
      _ = call.lost(
        1, .unanswered, .unavailable, load: nil, isLeaving: false, now, &routing)
      #expect(call.wakeAt <= now.adding(milliseconds: 10))
      later(1_000)
    }
  }

  @Test(arguments: [RetryAdvice.mayHaveRun, .never])
  func `the server's advice not to try again is obeyed`(advice: RetryAdvice) {
    var call = call()
    _ = call.begin(now, &routing)
    let step = call.lost(
      1, .answered(.internal, advice), .internal, load: nil, isLeaving: false, now, &routing)
    #expect(step.end == .byEvent && routing.counts.retries == 0)
  }

  @Test func `retries end with their budget`() {
    var ended = 0
    for _ in 0..<200 {
      var call = call()
      _ = call.begin(now, &routing)
      let step = call.lost(
        1, .unanswered, .unavailable, load: nil, isLeaving: false, now, &routing)
      if step.end != nil { ended += 1 }
    }
    // Ten to begin with, and a fifth of the calls.
    #expect(200 - ended == 50)
    #expect(routing.counts.retriesRefused == ended)
  }

  // MARK: Hedges

  @Test func `a late call gets a second copy elsewhere, and the first answer wins`() throws {
    learnLatency()
    var call = call(isHedged: true)
    let first = try #require(call.begin(now, &routing).sending)
    #expect(call.wakeAt > now.adding(milliseconds: 9) && call.wakeAt < now.adding(milliseconds: 12))
    now = call.wakeAt
    let hedge = try #require(call.wake(now, hasLeft: true, &routing).sending)
    #expect(hedge.isHedge && hedge.number == 2 && hedge.replica != first.replica)
    #expect(call.isRunning(1) && call.isRunning(2))
    later(2)
    let end = call.answered(2, load: nil, now, &routing)
    #expect(end.end == .byEvent && end.leaving == (1, 0) && end.reason == .outrun)
    #expect(routing.counts.hedges == 1 && routing.counts.hedgesWon == 1)
    #expect(routing.counts.retries == 0)
    #expect(
      routing.balancer.latencyNanoseconds(first.replica) == nil, "the loser learns nothing")
    #expect(routing.balancer.inFlight(first.replica) == 0)
  }

  @Test func `a hedge that loses is left, and none is sent twice`() throws {
    learnLatency()
    var call = call(isHedged: true)
    _ = call.begin(now, &routing)
    now = call.wakeAt
    _ = call.wake(now, hasLeft: true, &routing)
    #expect(call.wakeAt >= now.adding(milliseconds: 20), "\(call.wakeAt)")
    let end = call.answered(1, load: nil, now, &routing)
    #expect(end.leaving == (2, 0) && routing.counts.hedgesWon == 0)
  }

  @Test func `when one copy fails the other may still answer`() throws {
    learnLatency()
    var call = call(isHedged: true)
    _ = call.begin(now, &routing)
    now = call.wakeAt
    _ = call.wake(now, hasLeft: true, &routing)
    let step = call.lost(
      1, .unanswered, .unavailable, load: nil, isLeaving: false, now, &routing)
    #expect(step.end == nil && step.sending == nil && call.isRunning(2))
    #expect(call.answered(2, load: nil, now, &routing).end == .byEvent)
  }

  @Test func `a mistake in the request is final, whoever says so`() throws {
    learnLatency()
    var call = call(isHedged: true)
    _ = call.begin(now, &routing)
    now = call.wakeAt
    _ = call.wake(now, hasLeft: true, &routing)
    let step = call.lost(
      2, .answered(.invalidArgument, .never), .invalidArgument, load: nil, isLeaving: false, now,
      &routing)
    #expect(step.end == .byEvent && step.leaving == (1, 0))
  }

  @Test func `what must run once is never hedged`() {
    learnLatency()
    var call = call(.once, isHedged: true)
    _ = call.begin(now, &routing)
    #expect(call.wakeAt == now.adding(milliseconds: 20))
  }

  @Test func `a caller that leaves leaves both copies`() {
    learnLatency()
    var call = call(isHedged: true)
    _ = call.begin(now, &routing)
    now = call.wakeAt
    _ = call.wake(now, hasLeft: true, &routing)
    let step = call.cancel(now, &routing)
    #expect(step.end == .cancelled && step.leaving == (1, 2) && step.reason == .cancelled)
    #expect(call.cancel(now, &routing).end == nil)
  }

  // MARK: Blame

  @Test func `a caller with little time does not blame its replica`() {
    routing = newRouting(replicas: 2)
    for _ in 0..<40 {
      var usual = call()
      _ = usual.begin(now, &routing)
      later(10)
      _ = usual.answered(1, load: nil, now, &routing)
    }
    for _ in 0..<40 {
      var hasty = call(milliseconds: 2)
      _ = hasty.begin(now, &routing)
      later(2)
      _ = hasty.wake(now, hasLeft: true, &routing)
    }
    #expect(routing.counts.ejections == 0)
  }

  /// Attempts that one append takes where the last of the replicas alone writes.
  private func attemptsToWriter(_ writer: Balancer.ID) -> Int {
    var call = call(.idempotent)
    var step = call.begin(now, &routing)
    while let (number, replica, _) = step.sending {
      guard replica != writer else {
        _ = call.answered(number, load: nil, now, &routing)
        return call.attempts
      }
      step = call.lost(
        number, .answered(.failedPrecondition, .notStarted), .failedPrecondition, load: nil,
        isLeaving: false, now, &routing)
    }
    return 0
  }

  @Test func `a replica whose role is another is passed over, outside the budget and unblamed`() {
    while routing.retryBudget.withdraw(now) {}
    #expect((1...3).contains(attemptsToWriter(2)))
    // What the first did not meet, the second may.
    #expect((1...3).contains(attemptsToWriter(2)))
    _ = attemptsToWriter(2)
    #expect((0..<50).allSatisfy { _ in attemptsToWriter(2) == 1 })
    #expect(routing.counts.ejections == 0 && routing.counts.retriesRefused == 0)
    // Another one writes now, and the old one says so.
    #expect((1...3).contains(attemptsToWriter(0)))
    later(3_000)
    #expect((1...3).contains(attemptsToWriter(1)))
  }

  @Test func `a probe is a call that may be tried again`() {
    var settings = RoutingSettings()
    settings.retries.attemptsMax = 1
    routing = newRouting(settings)
    func answerAll(_ safety: Safety) -> Set<Int> {
      var asked: Set<Int> = []
      for _ in 0..<60 {
        var call = call(safety)
        let replica = call.begin(now, &routing).sending?.replica ?? -1
        asked.insert(replica)
        later(1)
        if replica == 0, routing.counts.readmissions == 0, routing.counts.ejections == 0 {
          _ = call.lost(
            1, .unanswered, .unavailable, load: nil, isLeaving: false, now, &routing)
        } else {
          _ = call.answered(1, load: nil, now, &routing)
        }
      }
      return asked
    }
    while routing.counts.ejections == 0 { _ = answerAll(.pure) }
    #expect(routing.ejection.isOut(0))
    later(2_000)
    #expect(answerAll(.once) == [1, 2])
    #expect(answerAll(.pure) == [0, 1, 2])
    #expect(routing.counts.readmissions == 1 && !routing.ejection.isOut(0))
  }
}
