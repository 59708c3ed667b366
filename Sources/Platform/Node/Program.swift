internal import Glibc
internal import Storage
internal import Telemetry

/// Exit statuses of the executables; see sysexits.h.
package enum ExitStatus {
  package static let done: Int32 = 0
  package static let other: Int32 = 1
  package static let usage: Int32 = 64
  package static let unavailable: Int32 = 69
}

/// The whole life of a service's process, from arguments to exit status. A service's executable is
/// this call.
package func runProgram<S: Service>(
  _ service: S.Type, arguments: [String] = Array(CommandLine.arguments.dropFirst())
) -> Int32 {
  let outcome = loadConfiguration(
    ProgramSettings<S>.self, program: S.program, arguments: arguments,
    environment: environmentVariable, readFile: readFile)
  switch outcome {
  case .help(let text), .version(let text):
    print(text, terminator: "")
    return ExitStatus.done
  case .refused(let problems):
    for problem in problems { printError(problem) }
    return ExitStatus.usage
  case .run(let settings, let effective):
    do throws(StartupError) {
      try Node<S>(settings, effective: effective).run()
      return ExitStatus.done
    } catch {
      printError("\(S.program.name): \(error)")
      return ExitStatus.other
    }
  }
}

private func printError(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = write(STDERR_FILENO, bytes, bytes.count)
}

/// Configuration files are short; a wrong path could name anything.
private let configurationBytesMax = 1 << 20

private func readFile(_ path: String) throws -> [UInt8] {
  try DiskFile.read(path, limitBytes: configurationBytesMax)
}
