/// A process's page of metrics, read for a few numbers. Pure.
struct MetricsPage {
  private let lines: [Substring]

  init(_ text: String) { lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") } }

  /// The sum of a metric's series; nil where there is none.
  /// - Parameters:
  ///   - label: `name="value"` that the series must have; empty for all.
  ///   - counts: whether a series, as its line, is among those that are meant.
  func sum(
    _ name: String, _ label: String = "", where counts: (Substring) -> Bool = { _ in true }
  ) -> Double? {
    let values = lines.filter { line in
      guard line.hasPrefix(name), let next = line.dropFirst(name.count).first else { return false }
      return (next == "{" || next == " ") && (label.isEmpty || line.contains(label))
        && counts(line)
    }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    return values.isEmpty ? nil : values.reduce(0, +)
  }
}
