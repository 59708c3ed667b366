internal import Glibc

/// How much a user goes for each category: the fourth root of half an order more than were placed, which
/// sets a favourite apart from what was never tried by a factor of two or three, not twenty.
struct Taste {
  private static let unknown = root(0)

  private var roots: [Int: Double] = [:]

  init(_ orders: [(category: Int?, orders: Int)]) {
    var sums: [Int: Int] = [:]
    for (category, orders) in orders { if let category { sums[category, default: 0] += orders } }
    roots = sums.mapValues(Self.root)
  }

  subscript(category: Int?) -> Double {
    category.flatMap { roots[$0] } ?? Self.unknown
  }

  private static func root(_ orders: Int) -> Double { sqrt(sqrt(Double(orders) + 0.5)) }
}
