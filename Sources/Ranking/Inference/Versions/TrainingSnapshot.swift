internal import JSON

/// How the features and scores of the rows that a model learnt from are distributed.
package struct TrainingSnapshot: Equatable, Sendable {
  /// As many as a model may have columns that people look at one by one.
  static let featuresMax = 4_096

  package var scores: Distribution
  /// In the order of the columns.
  package var features: [Feature]

  package struct Feature: Equatable, Sendable {
    package var name: String
    package var distribution: Distribution
  }

  init(_ fields: CardFields) throws(JSONError) {
    scores =
      try fields.object("scores").map { fields throws(JSONError) in
        try Distribution(fields)
      } ?? Distribution()
    features = try fields.objects("features", limit: Self.featuresMax).map {
      fields throws(JSONError) in
      Feature(name: try fields.required("name"), distribution: try Distribution(fields))
    }
  }
}

/// Of one column's values: how many are missing, the range of the others, and their shares in bins.
package struct Distribution: Equatable, Sendable {
  /// Ten are usual.
  static let binsMax = 100
  /// Shares are rounded in the card.
  static let sumTolerance = 0.001

  package var nullRate = 0.0
  /// Nil where nothing was ever known.
  package var range: ClosedRange<Double>?
  /// Rising; a bin goes up to its edge and includes it, the last has none.
  package var edges: [Double] = []
  /// One more than edges, of the values that are not missing.
  package var shares: [Double] = []

  init() {}

  init(_ fields: CardFields) throws(JSONError) {
    nullRate = try fields.share("null_rate") ?? 0
    if let least = try fields.number("least"), let greatest = try fields.number("greatest") {
      guard least <= greatest else { throw fields.problem("greatest", "greatest is below least") }
      range = least...greatest
    }
    edges = try fields.numbers("edges")
    shares = try fields.numbers("shares")
    guard shares.count <= Self.binsMax else {
      throw fields.problem("shares", "more than \(Self.binsMax) bins")
    }
    guard zip(edges, edges.dropFirst()).allSatisfy(<) else {
      throw fields.problem("edges", "edges do not rise")
    }
    let isWhole =
      shares.isEmpty
      || abs(shares.reduce(0, +) - 1) <= Self.sumTolerance && shares.allSatisfy { $0 >= 0 }
    guard isWhole, shares.count == (shares.isEmpty ? 0 : edges.count + 1) else {
      throw fields.problem("shares", "shares are not one more than edges, with a sum of 1")
    }
  }

  /// Which bin a value is in; NaN has none, and is not asked for.
  func bin(of value: Double) -> Int {
    var (low, high) = (0, edges.count)
    while low < high {
      let middle = (low + high) / 2
      if value <= edges[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
