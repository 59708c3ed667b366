/// The rules that a metric's name follows, most of them Prometheus' own. Names are ours, so breaking
/// a rule is a bug and traps at the start.
enum MetricName {
  /// Our own; those that OpenTelemetry names for calls; and Prometheus' standard process metrics.
  static let prefixes = ["brigade_", "rpc_", "process_"]

  /// Units that are not base units, and suffixes that a histogram's own series take.
  private static let refusedWords: Set<Substring> = [
    "ms", "us", "ns", "milliseconds", "microseconds", "nanoseconds", "minutes", "hours",
    "kilobytes", "megabytes", "kib", "mib", "percent",
  ]
  private static let refusedSuffixes = ["_count", "_sum", "_bucket"]

  /// What is wrong with the name; nil where nothing is.
  static func problem(_ name: String, kind: MetricFamily.Kind, isDuration: Bool) -> String? {
    guard isIdentifier(name) else { return "is not of a-z, 0-9 and _" }
    guard prefixes.contains(where: name.hasPrefix) else {
      return "begins with none of \(prefixes.joined(separator: ", "))"
    }
    if let word = name.split(separator: "_").first(where: refusedWords.contains) {
      return "is not in a base unit (\(word)): use seconds, bytes or a ratio"
    }
    if refusedSuffixes.contains(where: name.hasSuffix) { return "ends as a histogram's series do" }
    if (kind == .counter) != name.hasSuffix("_total") {
      return "counters, and only they, end in _total"
    }
    if kind == .histogram, isDuration != name.hasSuffix("_seconds") {
      return "histograms of durations, and only they, end in _seconds"
    }
    return nil
  }

  static func isIdentifier(_ name: String) -> Bool {
    name.first.map { ("a"..."z").contains($0) } == true
      && name.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
  }
}
