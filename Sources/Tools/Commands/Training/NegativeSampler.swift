internal import Definitions
internal import Features
internal import Messages

/// How many items an order is compared with when the log does not say what was shown.
package struct NegativeCounts: Sendable {
  /// Near the place of the order, or else the user's last known place.
  package var near = 20
  /// Of the most ordered so far.
  package var popular = 10
  /// Of the user's own earlier orders.
  package var own = 10

  package init() {}
}

/// Items that the user of an order could have taken instead: a draw from the sources that retrieval
/// has, so that a model learns to tell apart what it will be given to rank.
///
/// Knows only events that it was told of, so nothing from after the order gets in.
final class NegativeSampler {
  /// Doubled until there is enough.
  private static let firstRadiusKilometres = 1.5
  private static let radiusKilometresMax = 50.0
  private static let popularPoolMax = 200
  /// Between two looks at what is popular; its top changes slowly.
  private static let ordersPerPopularity = 500

  private let catalogue: Catalogue
  private let counts: NegativeCounts
  private let grid: PlaceGrid
  private var orderCounts: [Int32]
  private var ordersCount = 0
  private var popularRows: [Int] = []
  private var popularAsOf = -1
  private var ownRows: [String: [Int32]] = [:]
  private var lastPlaces: [String: Coordinate] = [:]
  private var found: [(row: Int, kilometres: Double)] = []

  init(_ catalogue: Catalogue, counts: NegativeCounts = NegativeCounts()) {
    self.catalogue = catalogue
    self.counts = counts
    grid = PlaceGrid(catalogue.items.map(\.coordinate))
    orderCounts = Array(repeating: 0, count: catalogue.items.count)
  }

  /// Before the log is read anew.
  func forget() {
    orderCounts = Array(repeating: 0, count: catalogue.items.count)
    (ordersCount, popularAsOf, popularRows) = (0, -1, [])
    (ownRows, lastPlaces) = ([:], [:])
  }

  /// After its negatives were asked for.
  func note(_ event: Event) {
    let row = catalogue.row(ofKey: itemKey(event.itemID))
    if let place = Coordinate(event.place) { lastPlaces[event.userID] = place }
    guard event.kind == .order, let row else { return }
    // Whoever orders is, as far as we know, there.
    if event.place == nil { lastPlaces[event.userID] = catalogue.items[row].coordinate }
    orderCounts[row] += 1
    ordersCount += 1
    let own = ownRows[event.userID, default: []]
    if !own.contains(Int32(row)) { ownRows[event.userID, default: []].append(Int32(row)) }
  }

  /// Keys, without the order's own; fewer than wanted where there are no more.
  func negatives(_ event: Event, _ generator: inout SplitMix64) -> [UInt64] {
    var rows: Set<Int> = []
    if let row = catalogue.row(ofKey: itemKey(event.itemID)) { rows.insert(row) }
    var chosen: [Int] = []
    func draw(_ count: Int, from pool: [Int]) {
      var pool = pool
      var drawn = 0
      while drawn < count, !pool.isEmpty {
        let index = Int.random(in: pool.indices, using: &generator)
        pool.swapAt(index, pool.count - 1)
        let row = pool.removeLast()
        if rows.insert(row).inserted {
          chosen.append(row)
          drawn += 1
        }
      }
    }
    draw(counts.own, from: ownRows[event.userID, default: []].map(Int.init))
    draw(counts.popular, from: popular())
    if let place = place(of: event) { draw(counts.near, from: near(place)) }
    return chosen.map { catalogue.items[$0].key }
  }

  private func place(of event: Event) -> Coordinate? {
    Coordinate(event.place) ?? lastPlaces[event.userID] ?? catalogue.users[event.userID]?.home
      ?? catalogue.row(ofKey: itemKey(event.itemID)).map { catalogue.items[$0].coordinate }
  }

  private func near(_ place: Coordinate) -> [Int] {
    var radius = Self.firstRadiusKilometres
    repeat {
      grid.near(place, kilometres: radius, into: &found)
      radius *= 2
    } while found.count < 2 * counts.near && radius <= Self.radiusKilometresMax
    return found.map(\.row)
  }

  private func popular() -> [Int] {
    if popularAsOf < 0 || ordersCount - popularAsOf >= Self.ordersPerPopularity {
      popularAsOf = ordersCount
      popularRows = Array(
        orderCounts.indices.filter { orderCounts[$0] > 0 }
          .sorted { (-orderCounts[$0], $0) < (-orderCounts[$1], $1) }
          .prefix(Self.popularPoolMax))
    }
    return popularRows
  }
}
