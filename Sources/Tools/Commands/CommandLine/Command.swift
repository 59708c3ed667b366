internal import Node

/// One of `brigade`'s commands: what follows its name on the command line, and what it does.
protocol Command {
  associatedtype Options: Configuration
  /// As typed after `brigade`.
  static var name: String { get }
  /// One line, in lower case and without a full stop.
  static var summary: String { get }
  /// What stands before the flags: `HOST:PORT METHOD [JSON]`; empty for none.
  static var operands: String { get }
  static var examples: [String] { get }
  /// How many operands there may be.
  static var operandCount: ClosedRange<Int> { get }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure)
}

extension Command {
  static var operands: String { "" }
  static var operandCount: ClosedRange<Int> { 0...0 }
}

/// Why a command did not do what it was asked, and the exit status that says so to scripts.
struct CommandFailure: Error, CustomStringConvertible {
  let status: Int32
  let description: String

  init(_ description: String, status: Int32 = ExitStatus.other) {
    self.status = status
    self.description = description
  }

  static func usage(_ description: String) -> CommandFailure {
    CommandFailure(description, status: ExitStatus.usage)
  }
}
