internal import Definitions
internal import Glibc

/// The app that the simulated users have had so far: a mixture of near, popular and their own past
/// places. What it shows is what a model has to learn from.
struct CityRanking {
  struct Candidate {
    let row: Int
    let kilometres: Double
  }

  static let shownRange = 10...20
  /// Of the first look around; doubled until enough is open.
  private static let firstRadiusKilometres = 1.2
  private static let radiusKilometresMax = 10.0
  private static let historyRadiusKilometres = 8.0

  let restaurants: CityRestaurants
  let hours: CityHours
  private let grid: PlaceGrid
  /// During the log.
  private var orderCounts: [Int32]
  // Kept to spare an allocation a session.
  private var found: [(row: Int, kilometres: Double)] = []
  private var isShown: Set<Int> = []

  init(_ restaurants: CityRestaurants, hours: CityHours) {
    self.restaurants = restaurants
    self.hours = hours
    grid = PlaceGrid(restaurants.coordinates)
    orderCounts = Array(repeating: 0, count: restaurants.coordinates.count)
  }

  mutating func noteOrder(_ row: Int) { orderCounts[row] += 1 }

  /// What is shown, best first; empty where nothing is open.
  mutating func rank(
    for user: CityUser, at place: Coordinate, milliseconds: Int64, minuteOfWeek: Int,
    _ generator: inout SplitMix64
  ) -> [Candidate] {
    let count =
      Self.shownRange.lowerBound
      + generator.below(Self.shownRange.upperBound - Self.shownRange.lowerBound + 1)
    look(around: place, milliseconds, minuteOfWeek, atLeast: 2 * count)
    guard !found.isEmpty else { return [] }
    isShown.removeAll(keepingCapacity: true)
    var shown: [(candidate: Candidate, score: Double)] = []
    func show(_ row: Int, _ kilometres: Double, bonus: Double) {
      guard isShown.insert(row).inserted else { return }
      let score =
        0.5 * fame(row) - 0.7 * kilometres + bonus + 0.7 * generator.gumbel()
      shown.append((Candidate(row: row, kilometres: kilometres), score))
    }
    for visit in user.visits.suffix(12) where shown.count < count / 3 {
      let row = Int(visit.row)
      let distance = place.distanceKilometres(to: restaurants.coordinates[row])
      guard distance <= Self.historyRadiusKilometres, isOpen(row, milliseconds, minuteOfWeek) else {
        continue
      }
      show(row, distance, bonus: 0.8)
    }
    let (near, popular) = cumulativeWeights()
    var draws = 0
    while shown.count < min(count, found.count), draws < 4 * count {
      let place = found[generator.index(cumulative: draws % 2 == 0 ? near : popular)]
      show(place.row, place.kilometres, bonus: 0)
      draws += 1
    }
    return shown.sorted { $0.score > $1.score }.map(\.candidate)
  }

  private mutating func look(
    around place: Coordinate, _ milliseconds: Int64, _ minuteOfWeek: Int, atLeast count: Int
  ) {
    var radius = Self.firstRadiusKilometres
    while true {
      grid.near(place, kilometres: radius, into: &found)
      found = found.filter { isOpen($0.row, milliseconds, minuteOfWeek) }
      if found.count >= count || radius > Self.radiusKilometresMax { return }
      radius *= 2
    }
  }

  private func isOpen(_ row: Int, _ milliseconds: Int64, _ minuteOfWeek: Int) -> Bool {
    restaurants.opened[row] <= milliseconds
      && hours.compiled[Int(restaurants.hours[row])].isOpen(minuteOfWeek: minuteOfWeek)
  }

  /// As the app sees it: what it had before the log, and the orders since.
  private func fame(_ row: Int) -> Double {
    log(1 + 3 * exp(Double(restaurants.fames[row])) + Double(orderCounts[row]))
  }

  private func cumulativeWeights() -> (near: [Double], popular: [Double]) {
    var near: [Double] = []
    var popular: [Double] = []
    var (nearSum, popularSum) = (0.0, 0.0)
    for place in found {
      nearSum += exp(-place.kilometres / 0.5)
      let orders = 3 * exp(Double(restaurants.fames[place.row])) + Double(orderCounts[place.row])
      popularSum += orders / (1 + place.kilometres)
      near.append(nearSum)
      popular.append(popularSum)
    }
    return (near, popular)
  }
}
