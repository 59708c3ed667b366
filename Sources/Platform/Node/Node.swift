internal import CLinux
internal import Glibc
internal import HTTP
internal import JSON
internal import RPC
internal import Synchronization
internal import Telemetry

/// A running service: loops, listeners, signals, and the way down.
struct Node<S: Service> {
  private static var pollMicroseconds: UInt32 { 5_000 }

  private let settings: NodeSettings
  private let serviceSettings: S.Settings
  private let log: Log
  private let metrics = MetricsRegistry()
  private let pages = AdminPages()
  private let advertiser = Advertiser()
  private let ports = ServedPorts()

  init(_ settings: ProgramSettings<S>, effective: [EffectiveSetting]) {
    self.settings = settings.node
    serviceSettings = settings.service
    log = Log(level: settings.node.logLevel, format: settings.node.logFormat)
    for setting in effective where setting.origin != .standard {
      log.debug(
        "setting", ["key": setting.key, "value": setting.value, "from": setting.origin])
    }
  }

  func run() throws(StartupError) {
    // Before any thread is made, so that all of them leave these to `wait`.
    let signals = Signals()
    if settings.exitWithParent { linux_signal_at_parents_end(SIGTERM) }
    do throws(SystemError) {
      try serve(signals)
    } catch {
      throw StartupError("\(error)")
    }
  }

  private func serve(_ signals: Signals) throws(SystemError) {
    let began = Instant.now()
    let ready = Readiness()
    let adminLoop = try EventLoop(name: "admin")
    adminLoop.start()
    let watch = LoopWatch(limitMilliseconds: Int64(settings.hangMilliseconds))
    let admin = try AdminServer(
      on: adminLoop, metrics: metrics, ready: ready, watch: watch, pages: pages
    ).listen(at: settings.admin)
    let identity = Identity(
      replica: settings.name.isEmpty ? S.program.name : settings.name,
      software: "\(S.program.name) \(brigadeVersion)", token: settings.token.text)
    registerProcessMetrics(in: metrics, program: S.program.name)

    let service = load(identity)
    let loops = try startLoops()
    watch.start(loops, from: adminLoop)
    let server = start(service, identity, on: loops)
    let address = try server.listen(at: settings.listen)
    let edge = try openEdge(of: service, on: server)
    ports.opened(listen: address, edge: edge)
    server.setServing(true)
    ready.set(true)
    log.info(
      "listening",
      [
        "address": address, "admin": admin, "edge": edge?.description ?? "none",
        "replica": identity.replica,
        "start_ms": Instant.now().nanoseconds(since: began) / 1_000_000,
      ])
    writeReadyFile(
      ReadyFile(
        replica: identity.replica, listen: address.description, admin: admin.description,
        edge: edge?.description, pid: getpid()))
    let manager = ServiceManager(environment: environmentVariable, pid: getpid())
    manager?.tell(.ready)
    Watchdog([adminLoop] + loops, for: manager)?.start()
    let signal = signals.wait()
    log.info("draining", ["signal": signal])
    manager?.tell(.stopping)
    ready.set(false)
    drain(server, service)
    if case .unix(let path)? = service.edge?.address { unlink(path) }
  }

  private func openEdge(of service: S, on server: Server) throws(SystemError) -> Address? {
    guard let edge = service.edge else { return nil }
    let answers = EdgeMetrics(metrics)
    return try edge.open(on: server) { answers.answered($0) }
  }

  private func load(_ identity: Identity) -> S {
    let environment = ServiceEnvironment(
      identity: identity, log: log, metrics: metrics, pages: pages, advertiser: advertiser,
      ports: ports)
    do throws(StartupError) {
      return try S(serviceSettings, in: environment)
    } catch {
      // Half-started threads have nothing to drain.
      log.error("can't start", ["error": error])
      exit(ExitStatus.other)
    }
  }

  private func startLoops() throws(SystemError) -> [EventLoop] {
    var loops: [EventLoop] = []
    for index in 0..<settings.threads {
      let loop = try EventLoop(name: "loop-\(index)")
      loop.start()
      loops.append(loop)
    }
    return loops
  }

  private func start(_ service: S, _ identity: Identity, on loops: [EventLoop]) -> Server {
    let admission = AdmissionMetrics(metrics)
    let log = log
    return Server(
      loops: loops, identity: identity, limits: settings.limits,
      interceptors: [CallMetrics(metrics).interceptor], advertiser: advertiser,
      onClosed: { log.debug("connection closed", ["reason": $0]) },
      onAdmission: { admission.ticked($0) },
      methods: { service.methods(on: $0) })
  }

  private func drain(_ server: Server, _ service: S) {
    let start = Instant.now()
    server.drain()
    let deadline = start.adding(milliseconds: Int64(settings.drainMilliseconds))
    while server.connectionCount > 0, Instant.now() < deadline { usleep(Self.pollMicroseconds) }
    let left = server.connectionCount
    service.finish(before: deadline)
    log.info(
      "stopped",
      [
        "connections_left": left,
        "drain_ms": Instant.now().nanoseconds(since: start) / 1_000_000,
      ])
    if !settings.readyFile.isEmpty { unlink(settings.readyFile) }
    if case .unix(let path) = settings.listen { unlink(path) }
  }

  private func writeReadyFile(_ ready: ReadyFile) {
    guard !settings.readyFile.isEmpty else { return }
    do throws(SystemError) {
      try ready.write(to: settings.readyFile)
    } catch {
      log.error("can't write the ready file", ["error": error])
    }
  }
}
