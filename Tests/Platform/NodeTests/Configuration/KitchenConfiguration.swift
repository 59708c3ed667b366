import Node

/// A configuration with a setting of every kind, for the tests.
struct KitchenConfiguration: Configuration, Equatable {
  struct Retrieval: Equatable {
    let timeoutMilliseconds: Int
    let radiusKilometres: Double
    let replicas: [String]
  }
  enum Policy: String, CaseIterable { case fair, greedy, random }

  let listen: String
  let port: UInt16
  let queueDepthMax: Int
  let verbose: Bool
  let policy: Policy
  let retrieval: Retrieval

  init(reading settings: inout Settings) {
    listen = settings.string("listen", default: "127.0.0.1", "address to listen on")
    port = settings.value(
      "port", default: 7000, shown: { String($0) }, placeholder: "PORT", "port to listen on"
    ) { text throws(SettingProblem) in
      guard let port = UInt16(text) else { throw SettingProblem("\"\(text)\" is no port") }
      return port
    }
    queueDepthMax = settings.integer(
      "queue_depth_max", default: 64, in: 1...4096, unit: "calls",
      "requests that wait before the next is refused")
    verbose = settings.flag("verbose", default: false, "say more")
    policy = settings.choice("policy", default: .fair, "how slots are given out")
    retrieval = settings.section("retrieval", "where candidates come from") { settings in
      Retrieval(
        timeoutMilliseconds: settings.integer(
          "timeout_ms", default: 40, in: 1...60_000, unit: "milliseconds", "budget of the hop"),
        radiusKilometres: settings.number(
          "radius_km", default: 2.5, in: 0...50, unit: "kilometres", "how far candidates are"),
        replicas: settings.strings("replicas", default: ["a:1"], "where the replicas listen"))
    }
    if retrieval.timeoutMilliseconds == 13 { settings.refuse("policy", "brings bad luck") }
  }
}

struct FileIsMissing: Error, CustomStringConvertible {
  var description: String { "no such file" }
}

/// Loads with `file` as the text of kitchen.json, or with no such file.
func load(_ arguments: [String], file: String? = nil) -> ConfigurationOutcome<KitchenConfiguration>
{
  let program = ProgramDescription(
    name: "kitchen", summary: "cooks what was ordered", version: "1.2.3",
    examples: ["kitchen --listen 0.0.0.0"])
  return loadConfiguration(KitchenConfiguration.self, program: program, arguments: arguments) {
    guard let file, $0 == "kitchen.json" else { throw FileIsMissing() }
    return Array(file.utf8)
  }
}

/// The problems with flags, or with a file that `--config` names when it is given.
func problems(_ arguments: [String] = [], file: String? = nil) -> [String] {
  let arguments = (file == nil ? [] : ["--config", "kitchen.json"]) + arguments
  if case .refused(let lines) = load(arguments, file: file) { return lines }
  return []
}

/// What is read, nil where it is refused.
func configuration(_ arguments: [String] = [], file: String? = nil) -> KitchenConfiguration? {
  let arguments = (file == nil ? [] : ["--config", "kitchen.json"]) + arguments
  if case .run(let configuration, _) = load(arguments, file: file) { return configuration }
  return nil
}
