package import RPC
internal import Telemetry

/// A whole cluster on a virtual clock: requests come at random (Poisson) to gateways, which ask the
/// services in stages. Balancing, retries, hedging and admission are the product's own, one routing
/// for each gateway and service; a gateway and a replica are one thread each. Clients pick a gateway
/// at random. Nothing is lost or slow here but by load: replicas are alike, and the network is
/// `Simulation`'s. One seed gives one history.
package struct FleetSimulation {
  /// Beyond which a simulation takes minutes.
  package static let requestsMax = 1_000_000
  /// Of the requests, while caches of the policies fill: their latencies are not looked at.
  static let warmUpShare = 0.2

  struct Request {
    let start: Instant
    let gateway: Int
    let isCounted: Bool
    var stage = 0
    var waiting = 0
    var isDegraded = false
  }

  struct Call {
    var state: CallState
    let request: Int
    let step: Fleet.Step
    let deadline: Instant
    var generation: UInt32
    var plannedWake = Instant.distantFuture
    /// Replicas by attempt, and when they have the request.
    var askedOf = InlineArray<4, Int32>(repeating: 0)
    var arrivals = InlineArray<4, Instant>(repeating: Instant(nanoseconds: 0))
  }

  /// A replica of a service.
  struct Place {
    let service: UInt8
    let replica: Int32
  }

  enum Event {
    case arrival
    /// A gateway has done its part of a request's stage.
    case partEnd(Int)
    case delivery(Job, Place)
    case cancel(JobKey, Place)
    case turn(Place)
    case handlerEnd(Job, Place)
    case answer(Job, Place, Code, RetryAdvice, ReplicaLoad)
    case wake(CallKey)
  }

  let fleet: Fleet
  var random: PolicyRandom
  /// By service.
  var replicas: [[SimulatedReplica]]
  /// By gateway and service.
  var routings: [[Routing]]
  /// When each gateway's thread has done what it has.
  var gatewayFree: [Instant]
  var requests: [Request] = []
  var freeRequests: [Int] = []
  var calls: [Call] = []
  var freeCalls: [Int] = []
  var events = EventQueue<Event>()
  var effects = SimulatedReplica.Effects()
  var result = FleetResult()
  var busyNanoseconds: [Int64]
  private(set) var clock: Instant
  private let start: Instant
  private let pauseNanoseconds: Double
  private let requestCount: Int
  private var arrived = 0

  /// - Parameter requests: in all, the first fifth of which is not counted; at most `requestsMax`.
  package init(
    _ fleet: Fleet, requestsPerSecond: Double, requests: Int, seed: UInt64,
    routing: RoutingSettings = RoutingSettings(),
    admission: AdmissionSettings = AdmissionSettings()
  ) {
    precondition(fleet.gateways > 0 && fleet.services.allSatisfy { $0.replicas > 0 })
    self.fleet = fleet
    var random = PolicyRandom(seed: seed)
    let start = Instant(nanoseconds: 1_000_000_000_000)
    self.start = start
    clock = start
    pauseNanoseconds = 1_000_000_000 / requestsPerSecond
    requestCount = min(requests, Self.requestsMax)
    replicas = fleet.services.map { service in
      var replica = SimulatedReplica(.loop, admission: admission)
      replica.serviceTimes = service.serviceTimes
      return Array(repeating: replica, count: service.replicas)
    }
    routings = (0..<fleet.gateways).map { _ in
      fleet.services.map { service in
        var routing = Routing(routing, seed: random.next(), now: start)
        for id in 0..<service.replicas {
          routing.add(id)
          routing.setConnection(id, .open, start)
        }
        return routing
      }
    }
    gatewayFree = Array(repeating: start, count: fleet.gateways)
    busyNanoseconds = Array(repeating: 0, count: fleet.services.count + 1)
    self.random = random
  }

  /// Returns when every request has its answer.
  package mutating func run() -> FleetResult {
    events.plan(.arrival, at: clock)
    var lastArrival = clock
    while let (time, event) = events.next() {
      clock = time
      if case .arrival = event { lastArrival = time }
      handle(event)
    }
    let elapsed = Double(max(1, lastArrival.nanoseconds(since: start)))
    let threads = [fleet.gateways] + fleet.services.map(\.replicas)
    result.busyShares = zip(busyNanoseconds, threads).map {
      Double($0) / (elapsed * Double($1))
    }
    result.latencyNanoseconds.sort()
    for routing in routings.joined() {
      result.calls += UInt64(clamping: routing.counts.calls)
      result.hedges += UInt64(clamping: routing.counts.hedges)
    }
    return result
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .arrival: arrive()
    case .partEnd(let request): partEnded(request)
    case .delivery(let job, let place): deliver(job, place)
    case .cancel(let key, let place):
      replicas[Int(place.service)][Int(place.replica)].receiveCancel(key)
    case .turn(let place): turn(place)
    case .handlerEnd(let job, let place): handlerEnded(job, place)
    case .answer(let job, let place, let code, let advice, let load):
      answered(job, place, code, advice, load)
    case .wake(let key): wake(key)
    }
  }

  // MARK: Requests

  private mutating func arrive() {
    arrived += 1
    if arrived < requestCount {
      let pause = random.exponential(mean: pauseNanoseconds)
      events.plan(.arrival, at: clock.adding(nanoseconds: Int64(pause)))
    }
    let isCounted = arrived > Int(Double(requestCount) * Self.warmUpShare)
    if isCounted { result.requests += 1 }
    let gateway = random.index(below: fleet.gateways)
    // As a server's admission does: what would wait too long is refused at once.
    let wait = gatewayFree[gateway].nanoseconds(since: clock)
    guard
      wait * 1_000 <= fleet.budgetMilliseconds * 1_000_000 * Admission<Int>.waitPermilleMax
    else {
      if isCounted { result.refused += 1 }
      return
    }
    let request = Request(start: clock, gateway: gateway, isCounted: isCounted)
    if let slot = freeRequests.popLast() {
      requests[slot] = request
      work(slot)
    } else {
      requests.append(request)
      work(requests.count - 1)
    }
  }

  /// The gateway's thread takes a request's next part when it has done what came before.
  mutating func work(_ slot: Int) {
    let gateway = requests[slot].gateway
    let parts = Int64(fleet.stages.count + 1)
    let time = fleet.gatewayTime.sampleNanoseconds(&random) / parts
    busyNanoseconds[0] += time
    gatewayFree[gateway] = max(clock, gatewayFree[gateway]).adding(nanoseconds: time)
    events.plan(.partEnd(slot), at: gatewayFree[gateway])
  }

  private mutating func partEnded(_ slot: Int) {
    guard requests[slot].stage < fleet.stages.count else { return finish(slot) }
    let steps = fleet.stages[requests[slot].stage]
    requests[slot].stage += 1
    // One more than there are, so that steps that end at once don't end the stage.
    requests[slot].waiting = steps.count + 1
    for step in steps { begin(step, of: slot) }
    stepEnded(of: slot)
  }

  mutating func stepEnded(of slot: Int) {
    requests[slot].waiting -= 1
    if requests[slot].waiting == 0 { work(slot) }
  }

  private mutating func finish(_ slot: Int) {
    let request = requests[slot]
    freeRequests.append(slot)
    guard request.isCounted else { return }
    if request.isDegraded { result.degraded += 1 }
    let way = networkDelay() + networkDelay()
    result.latencyNanoseconds.append(clock.nanoseconds(since: request.start) + way)
  }

  mutating func networkDelay() -> Int64 {
    Int64(
      Simulation.networkNanoseconds + random.exponential(mean: Simulation.networkJitterNanoseconds))
  }
}
