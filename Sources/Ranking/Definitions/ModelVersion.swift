/// The order of version names: words before numbers, so that `experiment` never outranks a released
/// `7`; words by text; numbers by value, of any length.
package struct ModelVersion: Comparable, Sendable {
  package let text: String

  package init(text: String) { self.text = text }

  private var isNumber: Bool { !text.isEmpty && text.utf8.allSatisfy { $0 &- 48 < 10 } }

  private var significantDigits: Substring { text.drop { $0 == "0" } }

  package static func < (left: ModelVersion, right: ModelVersion) -> Bool {
    guard left.isNumber == right.isNumber else { return right.isNumber }
    guard left.isNumber else { return left.text < right.text }
    let (a, b) = (left.significantDigits, right.significantDigits)
    if a.utf8.count != b.utf8.count { return a.utf8.count < b.utf8.count }
    // Equal values with other leading zeros still need one order.
    return a == b ? left.text < right.text : a < b
  }
}
