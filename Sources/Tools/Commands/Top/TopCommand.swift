internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// `brigade top`: what each process is doing now.
enum TopCommand: Command {
  static let name = "top"
  static let summary = "shows what each process of a cluster is doing, as it does it"
  static let examples = [
    "brigade top --run /tmp/brigade-x7Kq2A", "brigade top --admin 10.0.0.5:7900,10.0.0.6:7900",
    "brigade top --run run --count 3 > load.txt",
  ]

  struct Options: Configuration {
    let run: String
    let admins: [Address]
    let intervalMilliseconds: Int
    let count: Int
    let isWide: Bool

    init(reading settings: inout Settings) {
      run = settings.string(
        "run", default: "", "folder that brigade up keeps its files in; it names all processes")
      admins = settings.values(
        "admin", default: [.tcp(host: "127.0.0.1", port: UpCommand.defaultAdminPort)],
        shown: \.description, placeholder: "ADDRESS,…",
        "admin ports of the processes, without --run"
      ) { text throws(SettingProblem) in
        guard let address = Address(text) else {
          throw SettingProblem("\"\(text)\" is neither host:port nor unix:/path")
        }
        return address
      }
      intervalMilliseconds = settings.integer(
        "interval_ms", default: 1_000, in: 50...600_000, unit: "milliseconds", "between two looks")
      count = settings.integer(
        "count", default: 0, in: 0...1_000_000, unit: "tables",
        "to show; 0 goes on until Ctrl-C on a terminal, and is one elsewhere")
      isWide = settings.flag(
        "wide", default: false,
        "all columns: refused, queued, limit, ejected too; a terminal of "
          + "\(TopView.wideColumns) columns has them anyway")
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let isLive = console.outputIsTerminal
    var screen = LiveScreen(console)
    var view = TopView(isWide: options.isWide)
    var left = options.count == 0 ? (isLive ? Int.max : 1) : options.count
    // The first look only says what the second one is compared with.
    _ = view.table(try look(options), at: .now())
    while left > 0 {
      usleep(UInt32(options.intervalMilliseconds) * 1_000)
      if isLive, !options.isWide {
        view.isWide = TerminalSize.now().columns >= TopView.wideColumns
      }
      let table = view.table(try look(options), at: .now())
      if isLive { screen.show(table) } else { console.print(table + (left > 1 ? "\n" : "")) }
      left -= 1
    }
  }

  private static func look(_ options: Options) throws(CommandFailure) -> [TopView.Process] {
    let known =
      options.run.isEmpty
      ? options.admins.map { (name: $0.description, admin: $0) } : try processes(in: options.run)
    let answers = AdminClient.answers("/metrics", at: known.map(\.admin))
    return zip(known, answers).map { process, answer in
      TopView.Process(
        name: process.name,
        metrics: answer.flatMap { $0.status == 200 ? .success($0.body) : .failure(.noPage) })
    }
  }

  /// By what `brigade up` and its processes leave there.
  private static func processes(
    in folder: String
  ) throws(CommandFailure) -> [(name: String, admin: Address)] {
    guard let directory = opendir(folder) else {
      throw CommandFailure("can't read \(folder): \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var found: [(name: String, admin: Address)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(".ready"), let ready = ReadyFile(reading: "\(folder)/\(name)"),
        let admin = Address(ready.admin)
      else { continue }
      found.append((ready.replica, admin))
    }
    guard !found.isEmpty else {
      throw CommandFailure("no process has left its addresses in \(folder)")
    }
    return found.sorted { $0.name < $1.name }
  }
}
