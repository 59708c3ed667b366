/// The first feature by which two lists of columns differ.
package struct FeatureDifference: Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  package let column: Int
  /// Nil where the list is too short.
  package let found: String?
  package let expected: String?

  /// Nil where the lists are the same.
  package init?(found: [String], expected: [String]) {
    let shared = zip(found, expected)
    let same = shared.prefix { $0.0 == $0.1 }.count
    guard same < max(found.count, expected.count) else { return nil }
    column = same + 1
    self.found = same < found.count ? found[same] : nil
    self.expected = same < expected.count ? expected[same] : nil
  }

  package var description: String {
    switch (found, expected) {
    case (let found?, let expected?): "column \(column) is \(found), not \(expected)"
    case (let found?, nil): "column \(column), \(found), is one too many"
    case (nil, let expected): "column \(column), \(expected ?? ""), is missing"
    }
  }
}
