/// What `tracestate` says of sampling, in OpenTelemetry's member of it: `ot=th:fd70a4;rv:…`. Pure.
///
/// `th` is the threshold below which traces were rejected, from which a receiver finds how many
/// requests the trace stands for; `rv` the chance to decide by, instead of the trace's id.
package struct SamplingState: Equatable, Sendable {
  private static let key = "ot"
  private static let digits = 14
  /// W3C's bounds of a member's value and of the whole.
  private static let valueBytesMax = 256
  private static let stateBytesMax = 512

  /// Those of other systems, as they came.
  private var others: [Substring] = []
  /// OpenTelemetry's, without `th`.
  private var parts: [Substring] = []

  /// - Parameter state: a whole `tracestate`; what is no part of one is left as it is.
  package init(_ state: String) {
    for member in state.split(separator: ",") {
      guard member.hasPrefix(Self.key + "=") else {
        others.append(member)
        continue
      }
      parts += member.dropFirst(Self.key.count + 1).split(separator: ";")
        .filter { !$0.hasPrefix("th:") }
    }
  }

  /// The caller's; nil where the trace's id has it.
  package var randomness: Randomness? {
    guard let part = parts.first(where: { $0.hasPrefix("rv:") }) else { return nil }
    let text = part.dropFirst(3)
    guard text.utf8.count == Self.digits,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    return UInt64(text, radix: 16).flatMap(Randomness.init)
  }

  /// The whole state of a trace that was kept with this threshold; nil where it was kept for what it
  /// is, as that is no chance. Who changes a member puts it first; what would be too long is left out.
  package func text(threshold: UInt64?) -> String {
    let own = (threshold.map { ["th:\(Self.text($0))"] } ?? []) + parts.map(String.init)
    let value = own.joined(separator: ";")
    let rest = others.joined(separator: ",")
    guard !value.isEmpty, value.utf8.count <= Self.valueBytesMax else { return rest }
    let whole = "\(Self.key)=\(value)" + (rest.isEmpty ? "" : ",\(rest)")
    return whole.utf8.count <= Self.stateBytesMax ? whole : rest
  }

  /// 14 digits, without the zeros at their end.
  static func text(_ threshold: UInt64) -> String {
    let all = String(threshold, radix: 16)
    let padded = String(repeating: "0", count: max(0, digits - all.utf8.count)) + all
    let end = padded.lastIndex { $0 != "0" }
    return end.map { String(padded[...$0]) } ?? "0"
  }
}
