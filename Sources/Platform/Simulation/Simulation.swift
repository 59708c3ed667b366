package import RPC
internal import Telemetry

/// Callers and replicas on a virtual clock. Routing, the course of a call and admission are the
/// product's own; sockets, handlers and time are made up. One seed gives one history.
package struct Simulation {
  struct Caller {
    var routing: Routing
    /// Links that swallow what is sent, by replica.
    var isCut: [Bool]
    var isConnected: [Bool]
    /// What was sent last, by replica.
    var lastSent: [Sent]
  }

  /// Nothing overtakes it, and what is sent in the same moment is one write with it.
  struct Sent {
    let time: Instant
    let arrival: Instant
  }

  struct Call {
    var state: CallState
    let caller: Int
    let start: Instant
    let deadline: Instant
    let isUrgent: Bool
    var generation: UInt32
    var plannedWake = Instant.distantFuture
    /// Replicas by attempt.
    var askedOf = InlineArray<4, Int32>(repeating: 0)
  }

  enum Event {
    case arrival
    case delivery(Job, replica: Int32)
    case cancel(JobKey, replica: Int32)
    case turn(replica: Int32)
    case handlerEnd(Job, replica: Int32)
    case answer(Job, replica: Int32, Code, RetryAdvice, ReplicaLoad)
    case wake(CallKey)
    case change(Int)
  }

  /// One way, without jitter.
  package static let networkNanoseconds = 50_000.0
  package static let networkJitterNanoseconds = 50_000.0
  /// After which a caller notices that a peer has gone without a word.
  package static var silenceNanoseconds: Int64 {
    (Limits().pingMilliseconds + Limits().pongMilliseconds) * 1_000_000
  }

  package var replicas: [SimulatedReplica]
  package var load: Load
  var random: PolicyRandom
  var callers: [Caller]
  var calls: [Call] = []
  var freeCalls: [Int] = []
  var events = EventQueue<Event>()
  var changes: [(inout Simulation) -> Void] = []
  var effects = SimulatedReplica.Effects()
  var result = SimulationResult()
  private(set) var clock: Instant
  private let start: Instant

  package init(
    replicas: Int, callers: Int = 4, seed: UInt64, load: Load = Load(),
    kind: SimulatedReplica.Kind = .workers(8), routing: RoutingSettings = RoutingSettings(),
    admission: AdmissionSettings = AdmissionSettings()
  ) {
    self.replicas = Array(
      repeating: SimulatedReplica(kind, admission: admission), count: replicas)
    self.load = load
    var random = PolicyRandom(seed: seed)
    let start = Instant(nanoseconds: 1_000_000_000_000)
    self.start = start
    clock = start
    self.callers = (0..<callers).map { _ in
      var routing = Routing(routing, seed: random.next(), now: start)
      for id in 0..<replicas {
        routing.add(id)
        routing.setConnection(id, .open, start)
      }
      return Caller(
        routing: routing, isCut: Array(repeating: false, count: replicas),
        isConnected: Array(repeating: true, count: replicas),
        lastSent: Array(
          repeating: Sent(time: .distantFuture, arrival: start), count: replicas))
    }
    self.random = random
  }

  /// Something that happens at a time.
  package mutating func at(seconds: Double, _ change: @escaping (inout Simulation) -> Void) {
    changes.append(change)
    events.plan(
      .change(changes.count - 1), at: start.adding(nanoseconds: Int64(seconds * 1_000_000_000)))
  }

  package mutating func run() -> SimulationResult {
    let end = start.adding(nanoseconds: Int64(load.seconds * 1_000_000_000))
    planArrival()
    while let (time, event) = events.next() {
      clock = time
      if case .arrival = event, clock > end { continue }
      handle(event)
    }
    result.attempts = replicas.map(\.attempts)
    result.handlersRunLate = replicas.reduce(0) { $0 + $1.handlersRunLate }
    result.refusals = replicas.reduce(0) { $0 + $1.refusals }
    result.counts = callers.reduce(into: RoutingCounts()) { $0 += $1.routing.counts }
    return result
  }

  private mutating func handle(_ event: Event) {
    if let replica = Self.replica(of: event), replicas[replica].stoppedUntil > clock {
      return events.plan(event, at: replicas[replica].stoppedUntil)
    }
    switch event {
    case .arrival:
      planArrival()
      let caller = random.index(below: callers.count)
      ask(load.together, of: caller, deadlineMilliseconds: load.deadlineMilliseconds)
    case .delivery(let job, let replica): deliver(job, Int(replica))
    case .cancel(let key, let replica): replicas[Int(replica)].receiveCancel(key)
    case .turn(let replica): turn(Int(replica))
    case .handlerEnd(let job, let replica): handlerEnded(job, Int(replica))
    case .answer(let job, let replica, let code, let advice, let load):
      answered(job, Int(replica), code, advice, load)
    case .wake(let key): wake(key)
    case .change(let index): changes[index](&self)
    }
  }

  /// The replica that has to do something for the event to happen.
  private static func replica(of event: Event) -> Int? {
    switch event {
    case .delivery(_, let replica), .cancel(_, let replica), .turn(let replica),
      .handlerEnd(_, let replica):
      Int(replica)
    default: nil
    }
  }

  private mutating func planArrival() {
    let pause = random.exponential(
      mean: 1_000_000_000 * Double(load.together) / load.requestsPerSecond)
    events.plan(.arrival, at: clock.adding(nanoseconds: Int64(pause)))
  }

  func sinceStart(_ time: Instant) -> Int64 { time.nanoseconds(since: start) }

  mutating func networkDelay() -> Int64 {
    Int64(Self.networkNanoseconds + random.exponential(mean: Self.networkJitterNanoseconds))
  }
}
