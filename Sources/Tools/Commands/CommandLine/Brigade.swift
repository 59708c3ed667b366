internal import Glibc
internal import JSON
internal import Node

/// The `brigade` command line: finds the command, reads its options, runs it.
package enum Brigade {
  private static var commands: [any Command.Type] {
    [
      UpCommand.self, ScaleCommand.self, RankCommand.self, ExplainCommand.self, TraceCommand.self,
      TopCommand.self, CallCommand.self, LoadCommand.self, ImportCommand.self, CityCommand.self,
      TrainsetCommand.self, EvaluateCommand.self, ScoringCommand.self, BenchCommand.self,
      SimulateCommand.self, CapacityCommand.self,
    ]
  }

  /// - Returns: the exit status: 0, 64 for wrong usage, 64 + gRPC's code for a failed call.
  package static func run(_ arguments: [String]) async -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let console = Console(noColor: !(getenv("NO_COLOR").map { String(cString: $0) } ?? "").isEmpty)
    guard let name = arguments.first, name != "--help", name != "-h", name != "help" else {
      console.print(overview)
      return arguments.isEmpty ? ExitStatus.usage : ExitStatus.done
    }
    if name == "--version" {
      console.print("brigade \(brigadeVersion)")
      return ExitStatus.done
    }
    guard let command = commands.first(where: { $0.name == name }) else {
      let hint = nearestName(to: name, among: commands.map { $0.name }).map {
        "; did you mean \($0)?"
      }
      console.note("brigade: no command \(name)\(hint ?? "; brigade --help lists them")")
      return ExitStatus.usage
    }
    return await run(command, Array(arguments.dropFirst()), console)
  }

  private static func run<C: Command>(
    _ command: C.Type, _ arguments: [String], _ console: Console
  ) async -> Int32 {
    // Operands come first, so that flags need no table of which of them take a value.
    let operands = Array(arguments.prefix { !$0.hasPrefix("-") || $0 == "-" })
    let flags = arguments.dropFirst(operands.count).map { $0 == "-o" ? "--output" : $0 }
    let usage = C.operands.isEmpty ? "brigade \(C.name)" : "brigade \(C.name) \(C.operands)"
    let outcome = loadConfiguration(
      C.Options.self,
      program: ProgramDescription(
        name: usage, summary: C.summary, version: brigadeVersion, examples: C.examples),
      arguments: flags, environment: environmentVariable, readFile: { try Brigade.readFile($0) })
    switch outcome {
    case .help(let text), .version(let text):
      console.printRaw(text)
      return ExitStatus.done
    case .refused(let problems):
      for problem in problems { console.note("brigade \(C.name): \(problem)") }
      return ExitStatus.usage
    case .run(let options, _):
      do throws(CommandFailure) {
        guard C.operandCount.contains(operands.count) else {
          throw .usage("usage: \(usage) [flags]; --help tells more")
        }
        try await C.run(options, operands, console)
        return ExitStatus.done
      } catch {
        console.endProgress()
        console.note("brigade \(C.name): \(error)")
        return error.status
      }
    }
  }

  private static var overview: String {
    var table = TextTable(["command": .left, "": .left])
    for command in commands { table.append([command.name, command.summary]) }
    return """
      brigade \(brigadeVersion) — ranks what a user should see now, with a cluster of services

      \(table.text)

      brigade COMMAND --help tells each command's flags, with examples.
      """
  }
}
