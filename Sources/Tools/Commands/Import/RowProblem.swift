/// Why one row of an input cannot be used. `reason` is the same for all rows with this problem, so
/// that they can be counted; `detail` is what this row had.
package struct RowProblem: Error, Equatable, Sendable, CustomStringConvertible {
  package let reason: String
  package let detail: String

  package init(_ reason: String, _ detail: String = "") {
    self.reason = reason
    self.detail = detail
  }

  package var description: String { detail.isEmpty ? reason : "\(reason): \(detail)" }

  /// For details: what the input had, in quotes and not longer than a line bears.
  static func quote(_ text: String) -> String {
    let charactersMax = 40
    let short = text.prefix(charactersMax)
    return short.endIndex == text.endIndex ? "\"\(text)\"" : "\"\(short)…\""
  }
}
