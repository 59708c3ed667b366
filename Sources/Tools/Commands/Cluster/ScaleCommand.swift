internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// `brigade scale`: more or fewer replicas of a cluster that `brigade up` runs.
enum ScaleCommand: Command {
  /// A replica loads its data before it is listed; one that takes longer has not started.
  static let waitMilliseconds: Int64 = 60_000

  static let name = "scale"
  static let summary = "starts and drains replicas of a cluster that runs, without a lost request"
  static let operands = "SERVICE=N,…"
  static let operandCount = 1...1
  static let examples = [
    "brigade scale inference=5 --run run",
    "brigade scale gateway=2,retrieval=3 --run run",
  ]

  struct Options: Configuration {
    let runFolder: String

    init(reading settings: inout Settings) {
      runFolder = settings.string(
        "run", default: "run", "run folder of the cluster; brigade up says which it has")
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let wanted: ReplicaCounts
    do throws(ReplicaCounts.Invalid) {
      wanted = try ReplicaCounts(operands[0], over: .none)
    } catch {
      throw .usage(error.description)
    }
    let run = RunningCluster(folder: options.runFolder)
    guard run.isThere else {
      throw CommandFailure("no brigade up runs a cluster in \(options.runFolder)")
    }
    let before = wanted.services.map { run.listedCount($0) }
    let start = Instant.now()
    do throws(SystemError) {
      try run.ask(for: operands[0])
    } catch {
      throw CommandFailure("\(error)")
    }
    for (service, before) in zip(wanted.services, before) {
      try wait(for: wanted[service], service, in: run, since: start)
      let seconds = Double(Instant.now().nanoseconds(since: start)) / 1e9
      console.print(
        "\(service.rawValue): \(before) → \(wanted[service]), after \(seconds.fixed(1)) s")
    }
  }

  private static func wait(
    for count: Int, _ service: ServiceKind, in run: RunningCluster, since start: Instant
  ) throws(CommandFailure) {
    let end = start.adding(milliseconds: waitMilliseconds)
    while run.listedCount(service) != count {
      guard Instant.now() < end, run.isThere else {
        throw CommandFailure(
          "\(run.listedCount(service)) of \(count) replicas of \(service.rawValue) are listed; "
            + "the logs are in \(run.folder)")
      }
      usleep(20_000)
    }
  }
}
