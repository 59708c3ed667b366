/// A number that a scenario is judged by.
package struct Figure: Equatable, Sendable {
  package enum Bound: Equatable, Sendable {
    case atMost(Double)
    case atLeast(Double)
    /// For the reader only.
    case none
  }

  package let name: String
  package let value: Double
  package let bound: Bound

  package init(_ name: String, _ value: Double, _ bound: Bound = .none) {
    self.name = name
    self.value = value
    self.bound = bound
  }

  package var isKept: Bool {
    switch bound {
    case .atMost(let most): value <= most
    case .atLeast(let least): value >= least
    case .none: true
    }
  }
}
