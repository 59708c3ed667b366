/// Why a version of a model is not served.
package struct ModelRefusal: Error, Equatable, Sendable {
  /// What kind of fault it is; a metric's label.
  package enum Reason: String, CaseIterable, Sendable {
    /// A model's file, or its warm-up rows, cannot be read.
    case file
    case card
    /// Its files do not agree on the features.
    case features
    /// The warm-up rows' scores are not those of the card.
    case scores
    /// It was trained on another feature definition than that of the rows that come.
    case schema
    /// With the folder as it is, who names no model would get none: all that serves is kept.
    case `default`
  }

  package let reason: Reason
  /// The file that is at fault.
  package let path: String
  package let detail: String

  package init(_ reason: Reason, _ path: String, _ detail: String) {
    self.reason = reason
    self.path = path
    self.detail = detail
  }
}

extension ModelRefusal: CustomStringConvertible {
  package var description: String { "\(path): \(detail)" }
}
