internal import RPC
internal import Telemetry

/// A closed loop: each connection asks again as soon as it is answered. Confined to its loop.
final class EdgeLoad: @unchecked Sendable {
  struct Target: Sendable {
    let address: Address
    let way: EdgeProtocol
    let connections: Int
    let requests: [[UInt8]]
    /// Of the gateway, whose processor time is counted.
    let pid: Int32
  }

  /// Beyond the measured time, for a gateway that does not answer.
  private static let patienceMilliseconds: Int64 = 10_000

  private let target: Target
  private let loop: EventLoop
  private let milliseconds: Int64
  private let ended: (Result<EdgeMeasurement, CommandFailure>) -> Void
  private var callers: [any EdgeCaller] = []
  /// The request that each connection waits with.
  private var asked: [(at: Instant, bytes: Int)] = []
  private var next = 0
  private var measurement = EdgeMeasurement()
  private var warmUntil = Instant.now()
  /// When counting began; nil while the gateway warms up.
  private var began: (at: Instant, processor: Int64)?
  private var guardTimer: TimerQueue.ID?
  private var isOver = false

  private init(
    _ target: Target, milliseconds: Int, on loop: EventLoop,
    ended: @escaping (Result<EdgeMeasurement, CommandFailure>) -> Void
  ) {
    self.target = target
    self.loop = loop
    self.milliseconds = Int64(milliseconds)
    self.ended = ended
  }

  /// To run on; whoever started it stops it.
  static func startLoop() throws(CommandFailure) -> EventLoop {
    do throws(SystemError) {
      let loop = try EventLoop(name: "bench")
      loop.start()
      return loop
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  /// Runs for the time given, after a tenth of it that is not counted, and at least until something
  /// was answered.
  static func run(
    _ target: Target, milliseconds: Int, on loop: EventLoop
  ) async throws(CommandFailure) -> EdgeMeasurement {
    let result = await withUnsafeContinuation { continuation in
      loop.post {
        let load = EdgeLoad(target, milliseconds: milliseconds, on: loop) {
          continuation.resume(returning: $0)
        }
        load.start()
      }
    }
    return try result.get()
  }

  // MARK: Connections

  private func start() {
    asked = Array(repeating: (.now(), 0), count: target.connections)
    warmUntil = Instant.now().adding(milliseconds: milliseconds / 10)
    // It keeps the load until the end.
    guardTimer = loop.schedule(
      at: warmUntil.adding(milliseconds: milliseconds + Self.patienceMilliseconds)
    ) { self.finish(.failure(CommandFailure("the gateway does not answer"))) }
    do throws(SystemError) {
      for index in 0..<target.connections {
        callers.append(try caller(index))
      }
      for caller in callers { try caller.start() }
    } catch {
      finish(.failure(CommandFailure("\(target.address): \(error)")))
    }
  }

  private func caller(_ index: Int) throws(SystemError) -> any EdgeCaller {
    let socket = try Socket.connecting(to: SocketAddress(target.address))
    let events = EdgeCallerEvents(
      opened: { [weak self] in self?.ask(index) },
      answered: { [weak self] in self?.answered(index, bytes: $0) },
      failed: { [weak self] in self?.failed($0) })
    return target.way == .binary
      ? FrameCaller(socket, on: loop, events) : HTTPCaller(socket, on: loop, events)
  }

  // MARK: Asking

  private func ask(_ index: Int) {
    let request = target.requests[next % target.requests.count]
    next += 1
    asked[index] = (.now(), request.count)
    callers[index].ask(request)
  }

  private func answered(_ index: Int, bytes: Int) {
    guard !isOver else { return }
    let now = Instant.now()
    guard let began else {
      if now >= warmUntil { begin(now) }
      return ask(index)
    }
    measurement.answers += 1
    measurement.latency.record(nanoseconds: now.nanoseconds(since: asked[index].at))
    measurement.responseBytes += bytes
    measurement.requestBytes += asked[index].bytes
    guard now >= began.at.adding(milliseconds: milliseconds) else { return ask(index) }
    measurement.seconds = Double(now.nanoseconds(since: began.at)) / 1e9
    guard let processor = ProcessorTime.nanoseconds(of: target.pid) else {
      return failed("the gateway is gone")
    }
    measurement.processorNanoseconds = processor - began.processor
    finish(.success(measurement))
  }

  private func begin(_ now: Instant) {
    began = ProcessorTime.nanoseconds(of: target.pid).map { (now, $0) }
    if began == nil { failed("the gateway is gone") }
  }

  // MARK: Ending

  private func failed(_ reason: String) {
    finish(.failure(CommandFailure("\(target.way.rawValue) at \(target.address): \(reason)")))
  }

  private func finish(_ result: Result<EdgeMeasurement, CommandFailure>) {
    guard !isOver else { return }
    isOver = true
    if let guardTimer { loop.cancel(guardTimer) }
    for caller in callers { caller.close() }
    ended(result)
  }
}
