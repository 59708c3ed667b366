import Glibc
import RPC
import TestSupport

@testable import Commands

/// A file under deploy/, as text.
struct DeployedFile {
  static let folder = "\(Checkout.root)/deploy"

  let text: String
  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

  init(text: String) { self.text = text }

  /// Empty where there is none, which no test takes for well.
  init(_ name: String) {
    guard let file = fopen("\(Self.folder)/\(name)", "re") else {
      text = ""
      return
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  func count(of part: String) -> Int { text.split(separator: part).count - 1 }

  /// What follows `prefix` in each line that begins with it, spaces apart.
  func values(after prefix: String) -> [String] {
    lines.compactMap { line in
      let line = line.drop { $0 == " " }
      return line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
    }
  }

  func integer(after prefix: String) -> Int? {
    values(after: prefix).first.flatMap { Int($0.prefix { $0.isNumber }) }
  }
}

extension ServiceKind {
  /// Runs the service with a deployment's flags where nothing is installed. Settings that it would
  /// refuse end it with status 64; with settings that it takes, it goes on to miss its data.
  func runWithoutData(
    _ flags: [String], in folder: TemporaryFolder
  ) async throws -> FinishedProgram {
    folder.write(String(repeating: "t", count: 40), to: "token")
    folder.write(#"{"events": {"writer": true}}"#, to: "role.json")
    let own = flags.map { flag in
      let parts = flag.split(separator: "=", maxSplits: 1)
      return switch parts[0] {
      case "--listen", "--admin", "--edge":
        "\(parts[0])=\(parts[1].prefix { $0 != ":" }):0"
      case "--token-file": "--token-file=\(folder.file("token"))"
      case "--state", "--spool": "\(parts[0])=\(folder.file("kept"))"
      case "--config": "--config=\(folder.file("role.json"))"
      default: flag
      }
    }
    return try await FinishedProgram.run(program, own, in: folder)
  }
}
