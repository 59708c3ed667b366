internal import Definitions
internal import Glibc

/// Where a user goes: the user's items as points, each weighing the square root of how often.
///
///     pull(x) = Σ √orders · 1 / (1 + (kilometres / 0.5)²) / Σ √orders
///
/// The root keeps one daily café from being all there is to a user; the half kilometre is a short walk.
/// Distances are on the plane that touches the earth at the haunt: within a percent over a city,
/// and what is farther pulls nothing.
struct Haunts {
  private struct Haunt {
    let item: Int32
    let latitude: Double
    let longitude: Double
    let longitudeScale: Double
    let weight: Double
  }

  private static let walkKilometres = 0.5
  private static let degreeKilometres = Coordinate.earthRadiusKilometres * Double.pi / 180

  private let haunts: [Haunt]
  private let weightSum: Double

  /// At most `limit` of `items`, the most often ordered ones, those as often by row.
  init(_ items: [(item: Int32, orders: Float)], in catalogue: Catalogue, limit: Int) {
    let ranked = items.sorted { ($0.orders, $1.item) > ($1.orders, $0.item) }
    haunts = ranked.prefix(limit).map { entry in
      let coordinate = catalogue.items[Int(entry.item)].coordinate
      return Haunt(
        item: entry.item, latitude: coordinate.latitude, longitude: coordinate.longitude,
        longitudeScale: cos(coordinate.latitude * .pi / 180),
        weight: Double(entry.orders).squareRoot())
    }
    weightSum = haunts.reduce(0) { $0 + $1.weight }
  }

  /// 1 at the place itself, a half after a short walk.
  static func nearness(_ kilometres: Double) -> Float {
    Float(1 / (1 + kilometres * kilometres / (walkKilometres * walkKilometres)))
  }

  /// NaN for a user who goes nowhere.
  func pull(at coordinate: Coordinate) -> Float {
    guard weightSum > 0 else { return .nan }
    var sum = 0.0
    for haunt in haunts {
      let squares = Self.squareKilometres(haunt, coordinate)
      sum += haunt.weight / (1 + squares / (Self.walkKilometres * Self.walkKilometres))
    }
    return Float(sum / weightSum)
  }

  /// To the nearest haunt but `item` itself; NaN where there is none.
  func nearestKilometres(to item: Int32?, at coordinate: Coordinate) -> Float {
    var least = Double.infinity
    for haunt in haunts where haunt.item != item {
      least = min(least, Self.squareKilometres(haunt, coordinate))
    }
    return least.isFinite ? Float(least.squareRoot()) : .nan
  }

  private static func squareKilometres(_ haunt: Haunt, _ coordinate: Coordinate) -> Double {
    let north = coordinate.latitude - haunt.latitude
    var east = abs(coordinate.longitude - haunt.longitude)
    if east > 180 { east = 360 - east }
    east *= haunt.longitudeScale
    return (north * north + east * east) * degreeKilometres * degreeKilometres
  }
}
