internal import Definitions
internal import Inference

/// Rows that take all ways through a model: their values lie at and between the thresholds of its
/// nodes, and are codes of its category sets.
struct ModelInputs {
  private let columns: [ColumnSplits]

  /// Of values, as a trained model's rows have some.
  private static let missingShare = 0.03
  /// Values of a batch series: more than the processor's caches hold for one core, so that batches
  /// come as cold as requests do.
  private static let valuesMax = 1 << 20

  init(_ model: Model) { columns = model.columnSplits() }

  /// Different batches, as many as make the processor forget the first.
  func batches(rows: Int, _ generator: inout SplitMix64) -> [[Float]] {
    let count = max(4, min(256, Self.valuesMax / (rows * columns.count)))
    return (0..<count).map { _ in
      (0..<rows).flatMap { _ in columns.map { value(of: $0, &generator) } }
    }
  }

  private func value(of column: ColumnSplits, _ generator: inout SplitMix64) -> Float {
    guard Double.random(in: 0..<1, using: &generator) >= Self.missingShare else { return .nan }
    if let code = column.codes.randomElement(using: &generator) { return Float(code) }
    let thresholds = column.thresholds
    guard let low = thresholds.indices.randomElement(using: &generator) else { return 0 }
    let high = min(low + 1, thresholds.count - 1)
    let share = Double.random(in: 0...1, using: &generator)
    let value = thresholds[low] * (1 - share) + thresholds[high] * share
    return Float(value.isFinite ? value : thresholds[low])
  }
}
