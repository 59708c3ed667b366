internal import Definitions
internal import Glibc

/// The ground of a simulated city: neighbourhoods around a center, of different sizes and tastes.
/// It has no water and no streets.
struct CityMap {
  struct Neighbourhood {
    let name: String
    let center: Coordinate
    let deviationKilometres: Double
    /// Share of places and people, cumulated with those before it.
    let cumulativeWeight: Double
    /// Added to the tiers of its places.
    let price: Double
    /// By cuisine, cumulated.
    let cumulativeCuisines: [Double]
  }

  /// 5,000 places fill 6 km around the center, about as in San Francisco; more of them need more
  /// ground, up to that of a large region.
  static let radiusKilometresMax = 100.0
  private static let restaurantsPerNeighbourhood = 150

  let radiusKilometres: Double
  let neighbourhoods: [Neighbourhood]
  private let cumulativeWeights: [Double]

  init(center: Coordinate, restaurants: Int, generator: inout SplitMix64) {
    let radius = min(Self.radiusKilometresMax, 6 * (Double(restaurants) / 5_000).squareRoot())
    radiusKilometres = radius
    var cumulative = 0.0
    neighbourhoods = (0..<max(4, restaurants / Self.restaurantsPerNeighbourhood)).map { index in
      cumulative += exp(0.6 * generator.normal())
      let spread = index == 0 ? 0 : radius * 0.5
      return Neighbourhood(
        name: Self.name(index, &generator),
        center: center.moved(
          eastKilometres: spread * Self.bounded(generator.normal()),
          northKilometres: spread * Self.bounded(generator.normal())),
        deviationKilometres: 0.25 + 0.5 * generator.uniform(), cumulativeWeight: cumulative,
        price: 0.4 * generator.normal(), cumulativeCuisines: Self.cuisines(&generator))
    }
    cumulativeWeights = neighbourhoods.map(\.cumulativeWeight)
  }

  func drawNeighbourhood(_ generator: inout SplitMix64) -> Int {
    generator.index(cumulative: cumulativeWeights)
  }

  /// A point around a place, the deviation in each direction.
  static func point(
    around center: Coordinate, deviationKilometres: Double, _ generator: inout SplitMix64
  ) -> Coordinate {
    let point = center.moved(
      eastKilometres: deviationKilometres * bounded(generator.normal()),
      northKilometres: deviationKilometres * bounded(generator.normal()))
    // Eleven centimetres: as fine as maps are, and short in JSON.
    return Coordinate(
      latitude: (point.latitude * 1e6).rounded() / 1e6,
      longitude: (point.longitude * 1e6).rounded() / 1e6)
  }

  /// Nobody lives six deviations away.
  private static func bounded(_ normal: Double) -> Double { max(-2.5, min(2.5, normal)) }

  private static func cuisines(_ generator: inout SplitMix64) -> [Double] {
    var sum = 0.0
    return Cuisine.all.map { cuisine in
      sum += cuisine.frequency * exp(0.8 * generator.normal())
      return sum
    }
  }

  private static let firstNames = [
    "Alder", "Bay", "Cedar", "Dolphin", "Eagle", "Fern", "Garden", "Harbor", "Ivory", "Juniper",
    "King's", "Laurel", "Mission", "North", "Orchard", "Prospect", "Quarry", "River", "Sunset",
    "Tulip", "Union", "Valley", "Willow", "York",
  ]
  private static let lastNames = [
    "Hill", "Heights", "Flats", "Park", "Square", "Point", "Grove", "Gate", "Row", "Terrace",
  ]

  /// The first is the center's.
  private static func name(_ index: Int, _ generator: inout SplitMix64) -> String {
    let name = "\(generator.pick(firstNames)) \(generator.pick(lastNames))"
    return index == 0 ? "Center" : name
  }
}
