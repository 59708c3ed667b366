internal import Definitions
internal import Glibc

/// What somebody does with a list: looks at it from the top, clicks what seems good, orders the best
/// of it or nothing (a logit choice with position bias).
struct CityChoice {
  /// Places in the list, from 0, in the order of the clicks.
  private(set) var clicked: [Int] = []
  /// Among the clicked.
  private(set) var ordered: Int?

  /// Of the next place in the list, that it is looked at too.
  private static let continuation = 0.94
  private static let clickThreshold = 0.8
  private static let nothingUtility = 1.2
  private static let clicksMax = 6

  init(
    _ candidates: [CityRanking.Candidate], user: CityUser, restaurants: CityRestaurants,
    meal: Meal, milliseconds: Int64, _ generator: inout SplitMix64
  ) {
    var best = Self.nothingUtility + generator.gumbel()
    for (index, candidate) in candidates.enumerated() {
      let utility = Self.utility(
        candidate, user: user, restaurants: restaurants, meal: meal, milliseconds: milliseconds)
      let clickProbability = 1 / (1 + exp(-1.5 * (utility - Self.clickThreshold)))
      if clicked.count < Self.clicksMax, generator.happens(clickProbability) {
        clicked.append(index)
        let drawn = utility + 0.8 * generator.gumbel()
        if drawn > best {
          best = drawn
          ordered = index
        }
      }
      if !generator.happens(Self.continuation) { return }
    }
  }

  /// Hidden from the log; what a model can hope to learn.
  static func utility(
    _ candidate: CityRanking.Candidate, user: CityUser, restaurants: CityRestaurants, meal: Meal,
    milliseconds: Int64
  ) -> Double {
    let row = candidate.row
    let cuisine = Int(restaurants.cuisines[row])
    var utility = Double(user.tastes[cuisine]) + Cuisine.all[cuisine].appeal[meal.rawValue]
    utility -= user.distanceSensitivity * candidate.kilometres
    utility -= user.priceSensitivity * abs(Double(restaurants.prices[row]) - user.price)
    utility += 0.7 * Double(restaurants.qualities[row])
    if let visits = user.visits(to: row) {
      utility += user.habit * log(1 + Double(visits.count))
      // Nobody wants the same thing twice a day.
      if milliseconds - visits.lastMilliseconds < 20 * 3_600_000 { utility -= 1 }
    }
    return utility
  }
}
