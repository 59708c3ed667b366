internal import Definitions
internal import Glibc

/// Somebody of the simulated city: what they like is hidden from the log.
struct CityUser {
  struct Visits {
    let row: Int32
    var count: Int32
    var lastMilliseconds: Int64
  }

  let home: Coordinate
  let work: Coordinate?
  /// Utility by cuisine.
  let tastes: [Float]
  /// Tier 1 to 4.
  let price: Double
  let priceSensitivity: Double
  /// Utility lost by the kilometre.
  let distanceSensitivity: Double
  let habit: Double
  /// How often they order, about meals a day.
  let rate: Double
  /// Where they ordered, in the order of the first time.
  private(set) var visits: [Visits] = []

  init(map: CityMap, generator: inout SplitMix64) {
    func point(deviationKilometres: Double) -> Coordinate {
      let neighbourhood = map.neighbourhoods[map.drawNeighbourhood(&generator)]
      return CityMap.point(
        around: neighbourhood.center,
        deviationKilometres: neighbourhood.deviationKilometres * deviationKilometres, &generator)
    }
    home = point(deviationKilometres: 1.3)
    work = generator.happens(0.6) ? point(deviationKilometres: 0.8) : nil
    tastes = Cuisine.all.map { _ in Float(1.2 * generator.normal()) }
    price = max(1, min(4, 1.9 + 0.7 * generator.normal()))
    priceSensitivity = 0.3 + 0.6 * generator.uniform()
    distanceSensitivity = 1.0 + 1.4 * generator.uniform()
    habit = 0.4 + 1.2 * generator.uniform()
    rate = min(1.2, exp(-0.9 + 0.6 * generator.normal()))
  }

  /// Where they are at a meal. `weekday` 0 is Monday.
  func place(_ meal: Meal, weekday: Int, map: CityMap, _ generator: inout SplitMix64) -> Coordinate
  {
    let nearKilometres = 0.12
    if meal == .lunch, weekday < 5, let work {
      return CityMap.point(around: work, deviationKilometres: nearKilometres, &generator)
    }
    if generator.happens(meal == .dinner || meal == .late ? 0.25 : 0.1) {
      // Out, mostly in the part of the city they know.
      return CityMap.point(around: work ?? home, deviationKilometres: 1, &generator)
    }
    return CityMap.point(around: home, deviationKilometres: nearKilometres, &generator)
  }

  func visits(to row: Int) -> Visits? { visits.first { $0.row == row } }

  mutating func visit(_ row: Int, at milliseconds: Int64) {
    if let index = visits.firstIndex(where: { $0.row == row }) {
      visits[index].count += 1
      visits[index].lastMilliseconds = milliseconds
    } else {
      visits.append(Visits(row: Int32(row), count: 1, lastMilliseconds: milliseconds))
    }
  }
}
