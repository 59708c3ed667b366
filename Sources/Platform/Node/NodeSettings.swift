package import RPC
package import Telemetry

/// The settings that every service has.
package struct NodeSettings: Configuration {
  package let listen: Address
  package let token: ClusterToken
  package let admin: Address
  package let name: String
  package let readyFile: String
  package let exitWithParent: Bool
  package let threads: Int
  package let drainMilliseconds: Int
  package let hangMilliseconds: Int
  package let logLevel: LogLevel
  package let logFormat: LogFormat
  package let limits: Limits

  package init(reading settings: inout Settings) {
    listen = settings.address(
      "listen", default: .tcp(host: "127.0.0.1", port: 0),
      "where callers connect: host:port or unix:/path; port 0 lets the kernel choose")
    token = settings.beyondThisMachine()
    settings.refuseBeyondThisMachine("listen", listen)
    admin = settings.address(
      "admin", default: .tcp(host: "127.0.0.1", port: 0),
      "HTTP for /metrics, /livez and /readyz")
    settings.refuseBeyondThisMachine("admin", admin)
    name = settings.string(
      "name", default: "", "what traces call this replica; by default the program's name")
    readyFile = settings.string(
      "ready_file", default: "", "file to write the addresses to, as JSON, once callers may connect"
    )
    exitWithParent = settings.flag(
      "exit_with_parent", default: false, "drain and exit when the starting process ends")
    threads = settings.integer(
      "threads", default: 1, in: 1...64, unit: "loops",
      "threads that serve connections; more replicas scale further than more threads")
    drainMilliseconds = settings.integer(
      "drain_ms", default: 10_000, in: 0...600_000, unit: "milliseconds",
      "time that calls, and what they leave to be done, get after SIGTERM")
    hangMilliseconds = settings.integer(
      "hang_ms", default: 10_000, in: 100...600_000, unit: "milliseconds",
      "/livez answers 503 when a serving thread has not turned for longer")
    (logLevel, logFormat) = settings.section("log", "what is written to stderr") { settings in
      (
        settings.choice("level", default: LogLevel.info, "lines below it are left out"),
        settings.choice("format", default: LogFormat.logfmt, "for people or for collectors")
      )
    }
    limits = settings.section("limits", "bounds of the RPC layer", Self.limits)
  }

  private static func limits(_ settings: inout Settings) -> Limits {
    var limits = Limits()
    limits.frameBytesMax = settings.integer(
      "frame_bytes_max", default: limits.frameBytesMax, in: Limits.frameBytesMaxRange,
      unit: "bytes", "longest message taken, also once inflated; callers are told")
    limits.inflatedBytesMax = limits.frameBytesMax
    limits.connectionsMax = settings.integer(
      "connections_max", default: limits.connectionsMax, in: 1...1_000_000, unit: "connections",
      "more wait in the kernel's backlog")
    limits.callsInFlightMax = settings.integer(
      "calls_in_flight_max", default: limits.callsInFlightMax, in: 1...1_000_000, unit: "calls",
      "unanswered calls of one connection; callers are told")
    limits.queueDepthMax = settings.integer(
      "queue_depth_max", default: limits.queueDepthMax, in: 1...1_000_000, unit: "calls",
      "requests that wait for one thread's turn; more are refused")
    limits.callsRunningMax = settings.integer(
      "calls_running_max", default: limits.callsRunningMax, in: 1...1_000_000, unit: "calls",
      "handlers of one thread that wait for other services; more are refused")
    limits.partialFrameMilliseconds = Int64(
      settings.integer(
        "partial_frame_ms", default: Int(limits.partialFrameMilliseconds), in: 1...600_000,
        unit: "milliseconds", "from a message's first byte to its last; slower peers are cut off"))
    limits.admission.isAdaptive = settings.flag(
      "adaptive", default: limits.admission.isAdaptive,
      "refuses calls that would wait too long for their time, and holds handlers to a number that "
        + "their latency allows")
    limits.admission.limit.least = settings.integer(
      "concurrency_min", default: limits.admission.limit.least, in: 1...1_000_000, unit: "calls",
      "waiting handlers of one thread that always may run, however slow they are")
    return limits
  }
}

/// A node's settings and its service's, in one file and one set of flags.
struct ProgramSettings<S: Service>: Configuration {
  let node: NodeSettings
  let service: S.Settings

  init(reading settings: inout Settings) {
    node = NodeSettings(reading: &settings)
    service = S.Settings(reading: &settings)
  }
}
