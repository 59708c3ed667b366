internal import JSON

/// One of `brigade bench`'s measurements.
protocol Benchmark {
  /// As typed after `brigade bench`.
  static var name: String { get }
  /// One line, in lower case and without a full stop.
  static var summary: String { get }

  /// Runs for at most about `milliseconds` a row.
  static func run(
    _ effort: BenchmarkEffort, _ console: Console
  ) async throws(CommandFailure) -> [BenchmarkRow]
}

/// How long to measure: tests run everything for moments, people for seconds.
struct BenchmarkEffort: Sendable {
  /// Of each row's measured part, after a warm-up of a tenth of it.
  var milliseconds = 2_000
  /// Times that all rows are measured, in turn; each row shows the median of its measurements.
  var rounds = 3
  /// The inference benchmark's model files, separated by commas, and rows of a batch.
  var model = ""
  var rows = 200
}

/// What was measured under one set of conditions: columns in the order in which they are shown.
struct BenchmarkRow: Equatable, Sendable {
  enum Value: Equatable, Sendable {
    case text(String)
    case count(Int)
    /// With as many decimals as are worth showing.
    case number(Double, decimals: Int)
  }

  private(set) var columns: [(name: String, value: Value)] = []

  mutating func add(_ name: String, _ value: Value) { columns.append((name, value)) }

  static func == (one: BenchmarkRow, other: BenchmarkRow) -> Bool {
    one.columns.elementsEqual(other.columns) { $0 == $1 }
  }
}
