internal import Definitions

/// How strongly a user is drawn to each place on the map: by the user's haunts, which are the items
/// ordered before, and by where the user is now.
///
///     pull(x) = Σ √orders · near(x, haunt) / Σ √orders + placeWeight · near(x, here)
///     near(x, y) = 1 / (1 + (kilometres / walkKilometres)²), 0 beyond the radius
///
/// The root keeps one daily café from being all there is to a user. A heavy tail, as people's trips have
/// (Brockmann, Hufnagel and Geisel, Nature 439, 2006).
///
/// Of each point at most `itemsMax` items around it are looked at, by a smaller circle where they
/// stand close; so a search costs the same in the densest quarter.
struct HauntPull {
  struct Point {
    let coordinate: Coordinate
    let weight: Double
  }

  private let radiusKilometres: Double
  private let walkSquare: Double
  private let itemsMax: Int
  /// By slot; all zero between searches.
  private var pulls: [Float]
  private var touched: [Int32] = []

  init(slots: Int, radiusKilometres: Double, walkKilometres: Double, itemsMax: Int) {
    self.radiusKilometres = radiusKilometres
    walkSquare = walkKilometres * walkKilometres
    self.itemsMax = itemsMax
    pulls = Array(repeating: 0, count: slots)
  }

  /// Calls `body` once with each slot that is pulled at all, in no particular order but the same
  /// every time.
  mutating func forEach(
    _ points: [Point], in index: GeoIndex, _ body: (_ slot: Int, _ pull: Double) -> Void
  ) {
    for point in points { add(point, in: index) }
    for slot in touched {
      body(Int(slot), Double(pulls[Int(slot)]))
      pulls[Int(slot)] = 0
    }
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func add(_ point: Point, in index: GeoIndex) {
    let radius = index.radius(
      aroundItems: itemsMax, upTo: radiusKilometres, of: point.coordinate)
    let weight = point.weight * walkSquare
    index.forEachSquare(within: radius, of: point.coordinate) { slot, square in
      if pulls[slot] == 0 { touched.append(Int32(slot)) }
      pulls[slot] += Float(weight / (walkSquare + square))
    }
  }
}
