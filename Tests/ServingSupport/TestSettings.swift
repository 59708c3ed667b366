package import Node
internal import RPC
internal import Telemetry

/// What a program would start with.
package enum TestSettings {
  package struct Refused: Error, Equatable {
    package let problems: [String]
  }

  private struct NoFile: Error {}

  /// - Parameters:
  ///   - file: the text of `test.json`; nil for no file.
  ///   - environment: the process's variables.
  package static func read<C: Configuration>(
    _ type: C.Type, _ arguments: [String] = [], file: String? = nil,
    environment: [String: String] = [:]
  ) throws -> C {
    let program = ProgramDescription(name: "test", summary: "tests", version: "1")
    let outcome = loadConfiguration(
      type, program: program,
      arguments: (file == nil ? [] : ["--config", "test.json"]) + arguments,
      environment: { environment[$0] }
    ) { _ in
      guard let file else { throw NoFile() }
      return Array(file.utf8)
    }
    switch outcome {
    case .run(let configuration, _): return configuration
    case .refused(let problems): throw Refused(problems: problems)
    case .help(let text), .version(let text): throw Refused(problems: [text])
    }
  }

  /// The problems of what should be refused; none when it is not.
  package static func problems<C: Configuration>(
    _ type: C.Type, _ arguments: [String] = [], file: String? = nil
  ) -> [String] {
    do {
      _ = try read(type, arguments, file: file)
      return []
    } catch {
      return (error as? Refused)?.problems ?? ["\(error)"]
    }
  }
}

extension ServiceEnvironment {
  /// Of a service under test, which logs to nowhere.
  package static func ofTest(replica: String = "tested") -> ServiceEnvironment {
    ServiceEnvironment(
      identity: Identity(replica: replica, software: "test"), log: Log(sink: { _ in true }),
      metrics: MetricsRegistry())
  }
}
