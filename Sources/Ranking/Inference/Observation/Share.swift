/// Picks a share of what comes, evenly spread: of 0.25, every fourth.
struct Share: Sendable {
  private let share: Double
  private var credit = 0.0

  /// - Parameter share: 0...1.
  init(_ share: Double) { self.share = share }

  var isNone: Bool { share <= 0 }

  mutating func takesNext() -> Bool {
    credit += share
    guard credit >= 1 else { return false }
    credit -= 1
    return true
  }
}
