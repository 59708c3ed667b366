internal import Glibc
internal import RPC

/// Runs `deploy/train` on rows.
struct ModelTrainer {
  /// Of what it said, for the message of a failure.
  private static let tailBytes = 2_000
  private static let logBytesMax = 16 << 20

  /// As found by the shell.
  let python: String
  let script: String
  let treesMax: Int
  let leaves: Int
  let learningRate: Double
  /// Features that are left out: names and `prefix*`.
  let without: [String]

  /// Into `models`, as browse/1; what it says goes to `log`.
  func train(rows: String, models: String, log: String) async throws(CommandFailure) {
    unlink(log)
    let process: ChildProcess
    do throws(SystemError) {
      process = try ChildProcess.start("/usr/bin/env", arguments(rows, models), log: log)
    } catch {
      throw CommandFailure("\(error)")
    }
    while true {
      if let end = process.poll() {
        guard end != "exit 0" else { return }
        throw CommandFailure(
          "training failed (\(end)): \(Self.tail(log))\n"
            + "it needs lightgbm and numpy: \(python) -m pip install lightgbm numpy; "
            + "or name a folder of models with --models")
      }
      do {
        try await Task.sleep(for: .milliseconds(50))
      } catch {
        process.signal(SIGTERM)
      }
    }
  }

  private func arguments(_ rows: String, _ models: String) -> [String] {
    var arguments = [
      python, script, "--input", rows, "--output", models, "--replace", "--trees-max",
      "\(treesMax)", "--leaves", "\(leaves)", "--learning-rate", "\(learningRate)",
    ]
    if !without.isEmpty { arguments += ["--without", without.joined(separator: ",")] }
    return arguments
  }

  static func tail(_ log: String) -> String {
    let bytes = (try? FileContents.read(log, bytesMax: logBytesMax)) ?? []
    var text = String(decoding: bytes.suffix(tailBytes), as: UTF8.self)
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
