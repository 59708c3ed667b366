internal import CLinux
internal import Gateway
internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// `brigade up`: a whole cluster on this machine, as separate processes.
enum UpCommand: Command {
  static let defaultPort: UInt16 = 7_000
  static let defaultEdgePort: UInt16 = 8_080
  static let defaultAdminPort: UInt16 = 7_900

  static let name = "up"
  static let summary = "runs a whole cluster on this machine and restarts what dies"
  static let examples = [
    "brigade up --data data",
    "brigade up --data data --replicas gateway=2,inference=3 --port 7000",
    "brigade up --data data --state live",
    "brigade up --data data --experiments experiments.json",
  ]

  struct Options: Configuration {
    let data: String
    let models: String
    let replicas: ReplicaCounts
    let port: Int
    let edgePort: Int
    let adminPort: Int
    let otlpEndpoint: OtlpEndpoint?
    let traceSampleRate: Double
    let experiments: ExperimentSource
    let runFolder: String
    let stateFolder: String
    let binaries: String
    let tokenFile: String

    init(reading settings: inout Settings) {
      data = settings.string("data", default: "data", "folder that import or city has written")
      models = settings.string(
        "models", default: "", "folder of models; by default the data folder's")
      replicas = settings.value(
        "replicas", default: ReplicaCounts(), shown: \.description, placeholder: "SERVICE=N,…",
        "how many of each service"
      ) { text throws(SettingProblem) in
        do throws(ReplicaCounts.Invalid) {
          return try ReplicaCounts(text)
        } catch {
          throw SettingProblem(error.description)
        }
      }
      port = settings.integer(
        "port", default: Int(UpCommand.defaultPort), in: 0...65_000,
        "of the first gateway; where it is taken, or 0, the kernel chooses")
      edgePort = settings.integer(
        "edge_port", default: Int(UpCommand.defaultEdgePort), in: 0...65_000,
        "for HTTP at the first gateway; where it is taken, or 0, the kernel chooses")
      adminPort = settings.integer(
        "admin_port", default: Int(UpCommand.defaultAdminPort), in: 0...65_000,
        "of the first gateway's admin port; where it is taken, or 0, the kernel chooses")
      otlpEndpoint = settings.otlpEndpoint()
      traceSampleRate = settings.number(
        "trace_sample_rate", default: TracingSettings().headRate, in: 0...1,
        "share of requests whose traces the gateways keep by chance")
      experiments = settings.experiments()
      runFolder = settings.string(
        "run", default: "", "folder for logs and addresses; by default a new one under /tmp")
      stateFolder = settings.string(
        "state", default: "",
        "folder that keeps live events for the next run; by default they go with the run folder")
      binaries = settings.string(
        "binaries", default: "", "folder of the executables; by default this program's own")
      tokenFile = settings.tokenFile().path
    }

    /// What gateways are told besides where everything is.
    var gatewayFlags: [String] {
      let flags = [
        "--trace.sample-rate", "\(traceSampleRate)", "--otlp-endpoint",
        otlpEndpoint?.description ?? "none",
      ]
      return experiments.path.isEmpty ? flags : flags + ["--experiments", experiments.path]
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let signals = StopSignals()
    let plan = try plan(options)
    let gateways = options.replicas[.gateway]
    var cluster = Cluster(
      plan, options.replicas, gatewayPorts: freePorts(gateways, from: options.port),
      edgePorts: freePorts(gateways, from: options.edgePort),
      adminPort: freePorts(1, from: options.adminPort)[0])
    console.note("logs and addresses are in \(plan.runFolder)")
    let run = RunningCluster(folder: plan.runFolder)
    defer { run.disown() }
    do throws(SystemError) {
      try run.own()
      try watch(&cluster, run, signals, console)
    } catch {
      cluster.stop()
      throw CommandFailure("\(error)")
    }
    console.note("draining")
    cluster.stop()
  }

  private static func watch(
    _ cluster: inout Cluster, _ run: RunningCluster, _ signals: StopSignals, _ console: Console
  ) throws(SystemError) {
    var view = ClusterView(console)
    var announced = false
    var asked: String?
    while !signals.wait(milliseconds: 100) {
      if let counts = run.asked, counts != asked {
        asked = counts
        try scale(&cluster, to: counts, &view)
      }
      let changed = try cluster.tend(.now())
      if !announced, cluster.isReady {
        announced = true
        let gateways = cluster.gateways
        view.announce(
          """
          ready: gateways at \(gateways.joined(separator: ","))
          page: \(cluster.admin.map { "http://\($0)/" } ?? "")
          http: \(cluster.edges.map { "http://\($0)/brigade.v1.Gateway/Rank" }.joined(separator: " "))
          try: brigade rank --gateway \(gateways.first ?? "") --user u1 --at LAT,LON --trace
          and: brigade trace --slowest --admin \(cluster.admin ?? "")
          """)
      }
      view.show(cluster, changed: changed)
    }
  }

  /// What `brigade scale` has asked for.
  private static func scale(
    _ cluster: inout Cluster, to text: String, _ view: inout ClusterView
  ) throws(SystemError) {
    guard let counts = try? ReplicaCounts(text, over: cluster.counts) else {
      return view.announce("not scaled: \"\(text)\" is no count of replicas")
    }
    try cluster.scale(to: counts)
    view.announce("scaled to \(counts)")
  }

  private static func plan(_ options: Options) throws(CommandFailure) -> ClusterPlan {
    let models = options.models.isEmpty ? "\(options.data)/models" : options.models
    for (path, what) in [
      ("\(options.data)/catalogue.brigade", "brigade import or brigade city makes one"),
      (models, "deploy/train makes one; --models names another folder"),
    ] where access(path, R_OK) != 0 {
      throw CommandFailure("there is no \(path): \(what)")
    }
    var runFolder = options.runFolder
    if runFolder.isEmpty {
      var template = Array("/tmp/brigade-XXXXXX".utf8CString)
      guard mkdtemp(&template) != nil else { throw CommandFailure("can't make a folder in /tmp") }
      runFolder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    } else {
      mkdir(runFolder, 0o755)
    }
    if !options.stateFolder.isEmpty { mkdir(options.stateFolder, 0o755) }
    let token = options.tokenFile.isEmpty ? [] : ["--token-file", options.tokenFile]
    var more = Dictionary(uniqueKeysWithValues: ServiceKind.allCases.map { ($0, token) })
    more[.gateway, default: []] += options.gatewayFlags
    return ClusterPlan(
      runFolder: runFolder, dataFolder: options.data, modelsFolder: models,
      binaryFolder: options.binaries.isEmpty ? ownFolder() : options.binaries,
      port: UInt16(options.port), stateFolder: options.stateFolder,
      moreArguments: more)
  }

  /// The folder of the running program.
  static func ownFolder() -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(
      decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// As many ports as there are gateways, one after the other.
  private static func freePorts(_ count: Int, from first: Int) -> [UInt16?] {
    (0..<count).map { freePort(first == 0 ? 0 : UInt16(first + $0)) }
  }

  /// The port where it can be had, nil where another process has it.
  private static func freePort(_ port: UInt16) -> UInt16? {
    guard port > 0 else { return nil }
    guard let socket = try? Socket.listening(at: .tcp(host: "127.0.0.1", port: port)) else {
      return nil
    }
    socket.close()
    return port
  }
}

/// SIGINT and SIGTERM as something to wait for.
private struct StopSignals {
  // A mask would not do: the threads of Swift's runtime run before this one, without it, and the
  // kernel gives a process's signal to any thread that does not block it.
  private let descriptor = linux_catch_stop_signals()

  /// True when one came within the time.
  func wait(milliseconds: Int) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, Int32(milliseconds)) > 0
  }
}
