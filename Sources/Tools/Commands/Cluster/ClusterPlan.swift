/// The folder that a running cluster keeps its files in, and the arguments of its processes.
struct ClusterPlan: Sendable {
  /// Logs, ready files and replica lists.
  let runFolder: String
  let dataFolder: String
  let modelsFolder: String
  /// Where the four executables are.
  let binaryFolder: String
  /// The first gateway's port; the others take the following ones.
  let port: UInt16
  /// Keeps the live events beyond a run; empty for the run folder.
  var stateFolder = ""
  /// For every replica of a service, after the others.
  var moreArguments: [ServiceKind: [String]] = [:]
  /// For one replica, by its name, after those.
  var ownArguments: [String: [String]] = [:]

  func name(_ service: ServiceKind, _ index: Int) -> String { "\(service.rawValue)-\(index + 1)" }
  func log(_ name: String) -> String { "\(runFolder)/\(name).log" }
  func readyFile(_ name: String) -> String { "\(runFolder)/\(name).ready" }
  func replicaFile(_ service: ServiceKind) -> String { "\(runFolder)/\(service.rawValue).replicas" }
  func state(_ name: String) -> String {
    "\(stateFolder.isEmpty ? runFolder : stateFolder)/\(name).state"
  }
  func binary(_ service: ServiceKind) -> String { "\(binaryFolder)/\(service.program)" }

  /// - Parameters:
  ///   - listen: nil lets the kernel choose.
  ///   - edge: where a gateway serves HTTP; nil leaves that port closed.
  ///   - admin: nil lets the kernel choose.
  func arguments(
    _ service: ServiceKind, name: String, listen: String?, edge: String? = nil,
    admin: String? = nil
  ) -> [String] {
    var arguments = [
      "--name", name, "--listen", listen ?? "127.0.0.1:0", "--ready-file", readyFile(name),
      "--exit-with-parent",
    ]
    if let admin { arguments += ["--admin", admin] }
    switch service {
    case .retrieval:
      arguments += ["--data", dataFolder, "--events.follow", "file:\(replicaFile(.features))"]
    case .features:
      arguments += [
        "--data", dataFolder, "--state", state(name),
        "--events.follow", "file:\(replicaFile(.features))",
      ]
      // The state folders say who writes once there are any; a promotion outlives a restart.
      if name == self.name(.features, 0) { arguments.append("--events.writer") }
    case .inference: arguments += ["--models", modelsFolder]
    case .gateway:
      arguments += [
        "--popular", "\(dataFolder)/popular.brigade", "--spool", "\(runFolder)/\(name).spool",
      ]
      if let edge { arguments += ["--edge", edge] }
      for other in ServiceKind.allCases where other != .gateway {
        arguments += ["--\(other.rawValue).replicas", "file:\(replicaFile(other))"]
      }
    }
    return arguments + moreArguments[service, default: []] + ownArguments[name, default: []]
  }
}
