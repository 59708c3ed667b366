internal import RPC
internal import Telemetry
internal import TestSupport

/// A caller and its replicas on a virtual clock. Balancing, retry policy and retry budget are the
/// real ones; what `Call` and `Channel` do around them is repeated here without sockets.
struct Simulation {
  struct Load {
    var requestsPerSecond = 400.0
    var seconds = 30.0
    var deadlineMilliseconds: Int64 = 1_000
    var attemptMilliseconds: Int64 = 100
    var safety = Safety.pure
  }

  /// What came of the load.
  struct Result {
    var latenciesMilliseconds: [Double] = []
    var requests = 0
    var failed = 0
    var attempts: [Int] = []

    var retries: Int { attempts.reduce(0, +) - requests }
    var amplification: Double { Double(attempts.reduce(0, +)) / Double(requests) }
    func share(_ replica: Int) -> Double {
      Double(attempts[replica]) / Double(max(1, attempts.reduce(0, +)))
    }
    func quantile(_ quantile: Double) -> Double {
      let sorted = latenciesMilliseconds.sorted()
      return sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
    }
  }

  private struct Request {
    var start: Instant
    var tried: [Int] = []
    /// The attempt that counts, by number; answers of others are ignored.
    var current = 0
    var attemptStart = Instant(nanoseconds: 0)
    var isOver = false
  }

  private enum Event {
    case arrival
    case answer(request: Int, attempt: Int, Code, RetryAdvice)
    case outOfPatience(request: Int, attempt: Int)
    case expiry(request: Int)
    case change(Int)
  }

  var replicas: [ModelReplica]
  let load: Load
  private var random: SeededGenerator
  private var balancer = Balancer()
  private var budget: RetryBudget
  private let policy = RetryPolicy()
  private var clock: Instant
  private var timers = TimerQueue()
  private var events: [TimerQueue.ID: Event] = [:]
  private var changes: [(inout Simulation) -> Void] = []
  private var requests: [Request] = []
  private var result = Result()

  init(replicas: Int, seed: UInt64, load: Load = Load()) {
    self.replicas = Array(repeating: ModelReplica(), count: replicas)
    self.load = load
    random = SeededGenerator(seed: seed)
    clock = Instant(nanoseconds: 1_000_000_000_000)
    budget = RetryBudget(now: clock)
    for id in 0..<replicas {
      balancer.add(id)
      balancer.setReady(id, true)
    }
  }

  /// Something that happens to the replicas at a time.
  mutating func at(seconds: Double, _ change: @escaping (inout Simulation) -> Void) {
    changes.append(change)
    schedule(clock.adding(milliseconds: Int64(seconds * 1_000)), .change(changes.count - 1))
  }

  /// The connection to a replica breaks: what it has not answered is lost.
  mutating func disconnect(_ replica: Int) {
    balancer.setReady(replica, false)
    for index in requests.indices where !requests[index].isOver {
      guard requests[index].tried.last == replica else { continue }
      lost(index, .unanswered, .unavailable)
    }
  }

  mutating func connect(_ replica: Int) { balancer.setReady(replica, true) }

  mutating func run() -> Result {
    let end = clock.adding(milliseconds: Int64(load.seconds * 1_000))
    schedule(nextArrival(), .arrival)
    while let next = timers.nextDeadline {
      clock = next
      guard let id = timers.popDue(next), let event = events.removeValue(forKey: id) else { break }
      if case .arrival = event, clock > end { continue }
      handle(event)
    }
    result.attempts = replicas.map(\.attempts)
    return result
  }

  /// Requests sent to each replica so far, for shares of a part of the run.
  var attemptsSoFar: [Int] { replicas.map(\.attempts) }

  private mutating func schedule(_ time: Instant, _ event: Event) {
    events[timers.schedule(at: time)] = event
  }

  private mutating func nextArrival() -> Instant {
    let pause = random.exponential(mean: 1_000_000_000 / load.requestsPerSecond)
    return clock.adding(nanoseconds: Int64(pause))
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .arrival: arrive()
    case .answer(let request, let attempt, let code, let advice):
      guard isCurrent(request, attempt) else { return }
      if code == .ok { answered(request) } else { lost(request, .answered(code, advice), code) }
    case .outOfPatience(let request, let attempt):
      guard isCurrent(request, attempt), requests[request].tried.count < policy.attemptsMax,
        mayTryAnother(request), budget.withdraw(clock)
      else { return }
      close(request, .failed)
      attemptNext(request)
    case .expiry(let request):
      guard !requests[request].isOver else { return }
      close(request, .failed)
      finish(request, succeeded: false)
    case .change(let index): changes[index](&self)
    }
  }

  private mutating func arrive() {
    schedule(nextArrival(), .arrival)
    result.requests += 1
    requests.append(Request(start: clock))
    budget.deposit(clock)
    schedule(
      clock.adding(milliseconds: load.deadlineMilliseconds), .expiry(request: requests.count - 1))
    attemptNext(requests.count - 1)
  }

  private func isCurrent(_ request: Int, _ attempt: Int) -> Bool {
    !requests[request].isOver && requests[request].current == attempt
  }

  private func mayTryAnother(_ request: Int) -> Bool {
    balancer.hasReady(excluding: requests[request].tried)
  }

  private mutating func attemptNext(_ request: Int) {
    guard let id = balancer.pick(clock, excluding: requests[request].tried, random: &random)
    else { return finish(request, succeeded: false) }
    requests[request].tried.append(id)
    requests[request].current += 1
    requests[request].attemptStart = clock
    balancer.started(id)
    let attempt = requests[request].current
    if case .at(let time, let code, let advice) = replicas[id].take(clock, &random) {
      schedule(time, .answer(request: request, attempt: attempt, code, advice))
    }
    schedule(
      clock.adding(milliseconds: load.attemptMilliseconds),
      .outOfPatience(request: request, attempt: attempt))
  }

  private mutating func close(_ request: Int, _ outcome: Balancer.Outcome) {
    balancer.finished(
      requests[request].tried.last!, outcome,
      latencyNanoseconds: clock.nanoseconds(since: requests[request].attemptStart), now: clock)
    requests[request].current += 1
  }

  private mutating func answered(_ request: Int) {
    close(request, .answered)
    finish(request, succeeded: true)
  }

  private mutating func lost(_ request: Int, _ loss: RetryPolicy.Loss, _ code: Code) {
    close(request, RetryPolicy.isReplicasFault(code) ? .failed : .answered)
    guard policy.mayRetry(loss, load.safety, attempts: requests[request].tried.count),
      mayTryAnother(request), budget.withdraw(clock)
    else { return finish(request, succeeded: false) }
    attemptNext(request)
  }

  private mutating func finish(_ request: Int, succeeded: Bool) {
    requests[request].isOver = true
    if !succeeded { result.failed += 1 }
    let time = clock.nanoseconds(since: requests[request].start)
    result.latenciesMilliseconds.append(Double(time) / 1_000_000)
  }
}
