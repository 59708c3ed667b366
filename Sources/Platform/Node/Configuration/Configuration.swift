internal import JSON

/// The settings of one process: an immutable struct, read once, every field with a default.
///
/// The one initialiser declares each setting where it reads it, and from that come the flags, the
/// keys of the file, the checks and the help. It runs twice, first to learn what is declared, so the
/// declarations must not depend on the values read.
package protocol Configuration: Sendable {
  init(reading settings: inout Settings)
}

/// What a program says about itself in `--help` and `--version`.
package struct ProgramDescription: Sendable {
  package var name: String
  /// One line, in lower case and without a full stop.
  package var summary: String
  package var version: String
  /// Whole command lines.
  package var examples: [String]

  package init(name: String, summary: String, version: String, examples: [String] = []) {
    self.name = name
    self.summary = summary
    self.version = version
    self.examples = examples
  }
}

/// What a program's start should do.
package enum ConfigurationOutcome<C: Configuration> {
  /// Go on; log the effective values first.
  case run(C, effective: [EffectiveSetting])
  /// Print to stdout, exit 0.
  case help(String)
  /// Print to stdout, exit 0.
  case version(String)
  /// Print a line each to stderr, exit 64 (usage).
  case refused([String])
}

/// Reads the configuration from flags over variables of the environment, where a setting has one, over
/// the file that `--config` names, over defaults. Every problem is collected, none stops the reading.
///
/// - Parameters:
///   - arguments: without the program's own name.
///   - environment: gives a variable's value.
///   - readFile: gives the bytes of the file at a path; what it throws is shown to the person.
package func loadConfiguration<C: Configuration>(
  _ type: C.Type, program: ProgramDescription, arguments: [String],
  environment: @escaping (String) -> String? = { _ in nil },
  readFile: (String) throws -> [UInt8]
) -> ConfigurationOutcome<C> {
  var declaring = Settings()
  _ = C(reading: &declaring)
  let declarations = declaring.declarations

  let flags = CommandLineFlags(arguments, declarations: declarations)
  if flags.asksForHelp {
    return .help(ConfigurationHelp(program: program, declarations: declarations).text)
  }
  if flags.asksForVersion { return .version("\(program.name) \(program.version)\n") }

  var problems = flags.problems
  var file: ConfigurationFile?
  if let path = flags.configPath {
    let read = ConfigurationFile.read(path: path, readFile: readFile)
    file = read.file
    problems += read.problems
  }
  var settings = Settings(flags: flags, file: file, environment: environment)
  let configuration = C(reading: &settings)
  precondition(
    settings.declarations.map(\.key) == declarations.map(\.key),
    "the declarations of \(C.self) depend on the values read")
  problems += settings.problems
  if let file { problems += file.unknownKeys(declarations: declarations) }
  guard problems.isEmpty else {
    return .refused(problems.sorted { $0.precedes($1) }.map(\.description))
  }
  return .run(configuration, effective: settings.effective)
}
