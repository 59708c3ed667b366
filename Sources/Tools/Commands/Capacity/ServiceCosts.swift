internal import Simulation

/// What a ranked request costs each service, as it was measured on one machine: what a plan is made
/// from. Times are those of one thread, kernel included.
struct ServiceCosts: Equatable, Sendable {
  /// A method's handler, without the thread's time for reading and writing.
  struct Handler: Equatable, Sendable {
    let meanMicroseconds: Double
    let p99Microseconds: Double
  }

  /// Calls of a request, in the order of the pipeline: those of a stage go out at once.
  static let stages: [[Call]] = [
    [Call(.features, "Get", 20, 10, isEssential: false), Call(.retrieval, "Search", 60, 25)],
    [Call(.features, "Assemble", 45, 18)],
    [Call(.inference, "Score", 80, 35)],
  ]

  struct Call: Sendable {
    let service: ServiceKind
    let name: String
    /// The gateway's defaults, for all attempts and for one.
    let (budgetMilliseconds, attemptMilliseconds): (Int64, Int64)
    let isEssential: Bool

    init(
      _ service: ServiceKind, _ name: String, _ budgetMilliseconds: Int64,
      _ attemptMilliseconds: Int64, isEssential: Bool = true
    ) {
      self.service = service
      self.name = name
      self.budgetMilliseconds = budgetMilliseconds
      self.attemptMilliseconds = attemptMilliseconds
      self.isEssential = isEssential
    }
  }

  static var calls: [Call] { stages.flatMap { $0 } }
  /// Those that a gateway calls, in the order of a fleet's services.
  static let called: [ServiceKind] = [.retrieval, .features, .inference]

  /// Of a gateway's work for a request, that varies from one to the next.
  private static let gatewayTailShare = 0.2

  var candidates: Int
  /// Path of the model, as it was given.
  var model: String
  var modelLoadMilliseconds: Double
  /// Processor and number of processors, for who reads the figures.
  var machine: String
  /// Of all threads of a process, for a request.
  var processorMicroseconds: [ServiceKind: Double]
  /// By method: `Search`.
  var handlers: [String: Handler]

  /// As if another model had been served than the one that was measured.
  mutating func replaceScoring(of measured: Double, by wanted: Double) {
    let more = wanted - measured
    processorMicroseconds[.inference] = max(1, (processorMicroseconds[.inference] ?? 0) + more)
    guard let score = handlers["Score"] else { return }
    handlers["Score"] = Handler(
      meanMicroseconds: max(1, score.meanMicroseconds + more),
      p99Microseconds: max(1, score.p99Microseconds + more))
  }

  /// Threads that so many requests keep busy, on average (Little's law: rate × time).
  func busyThreads(_ service: ServiceKind, requestsPerSecond: Double) -> Double {
    requestsPerSecond * (processorMicroseconds[service] ?? 0) / 1e6
  }

  /// - Parameter replicas: of each service, at least one.
  func fleet(_ replicas: [ServiceKind: Int]) -> Fleet {
    let services = Self.called.map { service in
      Fleet.Service(
        service.rawValue, replicas: replicas[service] ?? 1,
        serviceTimes: Self.calls.filter { $0.service == service }.map(time))
    }
    let stages = Self.stages.map { $0.map(step) }
    return Fleet(
      gateways: replicas[.gateway] ?? 1, gatewayTime: gatewayTime, services: services,
      stages: stages)
  }

  private func step(_ call: Call) -> Fleet.Step {
    let methods = Self.calls.filter { $0.service == call.service }.map(\.name)
    return Fleet.Step(
      call.name, service: Self.called.firstIndex(of: call.service) ?? 0,
      serviceTime: methods.firstIndex(of: call.name) ?? 0,
      budgetMilliseconds: call.budgetMilliseconds, attemptMilliseconds: call.attemptMilliseconds,
      isEssential: call.isEssential)
  }

  /// The handler, and an equal part of what its process does besides handlers for each call. The
  /// tail is exponential, as long as makes the 99th percentile that was measured.
  private func time(_ call: Call) -> ServiceTime {
    let own = Self.calls.filter { $0.service == call.service }
    let inHandlers = own.reduce(0) { $0 + (handlers[$1.name]?.meanMicroseconds ?? 0) }
    let processor = processorMicroseconds[call.service] ?? 0
    let besides = max(0, processor - inHandlers) / Double(own.count)
    let handler = handlers[call.name] ?? Handler(meanMicroseconds: 0, p99Microseconds: 0)
    // A handler's time goes by on the clock, and may have been interrupted: the processor's counts.
    let scale = inHandlers > processor ? processor / inHandlers : 1
    let mean = handler.meanMicroseconds * scale
    let beyond = max(0, handler.p99Microseconds * scale - mean)
    // Of floor + tail, the mean is floor + t, and the 99th percentile floor + t × ln 100.
    let tail = min(mean, beyond / 3.605)
    return Self.serviceTime(floor: besides + mean - tail, tail: tail)
  }

  private var gatewayTime: ServiceTime {
    let whole = processorMicroseconds[.gateway] ?? 0
    return Self.serviceTime(
      floor: whole * (1 - Self.gatewayTailShare), tail: whole * Self.gatewayTailShare)
  }

  private static func serviceTime(floor: Double, tail: Double) -> ServiceTime {
    var time = ServiceTime()
    time.floorMilliseconds = floor / 1_000
    time.tailMilliseconds = tail / 1_000
    // What was measured has them in its tail.
    time.hiccupShare = 0
    return time
  }
}
