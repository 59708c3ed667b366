import Definitions
import Glibc
import Messages
import Retrieval
import TestSupport

/// What a search should answer, by the definition: every item looked at, every order counted.
struct PlainSearch {
  struct Query {
    var center: Coordinate
    var now: Int64
    var user: String
    var filters = Filters()
    var limit: Int

    init(random generator: inout SeededGenerator) {
      var longitude = City.center.longitude + .random(in: -0.3...0.3, using: &generator)
      if longitude > 180 { longitude -= 360 }
      center = Coordinate(
        latitude: City.center.latitude + .random(in: -0.3...0.3, using: &generator),
        longitude: longitude)
      now = City.start + .random(in: 0...1_200_000_000, using: &generator)
      user = ["", "user-1", "user-2", "nobody"].randomElement(using: &generator)!
      limit = [0, 1, 5, 40].randomElement(using: &generator)!
      filters.radiusKilometres = [0, 2, 20, 90].randomElement(using: &generator)!
      filters.includeClosed = .random(using: &generator)
      filters.prices = [[], [1], [2, 3]].randomElement(using: &generator)!
      filters.categories = [[], ["Thai"], ["Bar", "Sushi"]].randomElement(using: &generator)!
    }
  }

  struct Scored {
    let id: String
    let score: Float
    let isNear: Bool
    let isOwn: Bool
  }

  let city: City
  let parameters: RetrievalParameters

  func search(_ query: Query) -> (ids: [String], sources: [UInt32], matched: Int) {
    let limit = query.limit == 0 ? parameters.defaultLimit : query.limit
    let candidates = city.items.compactMap { scored($0, query) }.sorted(by: precedes)
    let share = Int((Double(limit) * parameters.sources.share(of: .history)).rounded(.up))
    let own = candidates.filter(\.isOwn).prefix(share)
    let others = candidates.filter { candidate in
      candidate.isNear && !own.contains { $0.id == candidate.id }
    }
    let chosen = (own + others.prefix(limit - own.count)).sorted(by: precedes)
    let sources = chosen.map { UInt32($0.isNear ? 1 : 0) | ($0.isOwn ? 2 : 0) }
    return (chosen.map(\.id), sources, candidates.count)
  }

  /// Whether a source that goes by what the user did may propose it.
  func passes(_ id: String, _ query: Query) -> Bool {
    guard let item = city.items.first(where: { $0.id == id }) else { return false }
    let wanted = query.filters
    let distance = query.center.distanceKilometres(to: Coordinate(item.place)!)
    let radius = wanted.radiusKilometres == 0 ? 10 : wanted.radiusKilometres
    return distance <= radius * parameters.historyRadiusFactor
      && (wanted.includeClosed || Self.isOpen(item, at: query.now))
      && (wanted.prices.isEmpty || wanted.prices.contains(item.price))
      && (wanted.categories.isEmpty || item.categories.contains(where: wanted.categories.contains))
  }

  private func precedes(_ a: Scored, _ b: Scored) -> Bool {
    a.score != b.score ? a.score > b.score : itemKey(a.id) < itemKey(b.id)
  }

  private func scored(_ item: Item, _ query: Query) -> Scored? {
    let wanted = query.filters
    let distance = query.center.distanceKilometres(to: Coordinate(item.place)!)
    let radius = wanted.radiusKilometres == 0 ? 10 : wanted.radiusKilometres
    let past = city.ordersOfItem[item.id, default: []]
    let isOwn =
      !query.user.isEmpty
      && past.contains { $0.userID == query.user && $0.timeMilliseconds <= query.now }
      && distance <= radius * parameters.historyRadiusFactor
    guard distance <= radius || isOwn,
      wanted.includeClosed || Self.isOpen(item, at: query.now),
      wanted.prices.isEmpty || wanted.prices.contains(item.price),
      wanted.categories.isEmpty || item.categories.contains(where: wanted.categories.contains)
    else { return nil }
    let rating = item.rating < 0 ? parameters.unknownRating : Double(item.rating)
    let score =
      log1p(popularity(past, at: query.now)) * parameters.popularityWeight
      - distance * parameters.distanceWeight + rating * parameters.ratingWeight
    return Scored(id: item.id, score: Float(score), isNear: distance <= radius, isOwn: isOwn)
  }

  /// A late order counts from the time of the latest before it.
  private func popularity(_ past: [Event], at now: Int64) -> Double {
    var latest = Int64.min
    return past.reduce(0) { sum, order in
      latest = max(latest, order.timeMilliseconds)
      guard latest <= now else { return sum }
      return sum
        + exp2(-Double(now - latest) / Double(parameters.popularityHalfLifeMilliseconds))
    }
  }

  static func distance(_ item: Item) -> Double {
    City.center.distanceKilometres(to: Coordinate(item.place)!)
  }

  static func isOpen(_ item: Item, at now: Int64) -> Bool {
    let offset: Int64 = item.zone == "East" ? -11 * 60 : 12 * 60
    let minute = (now / 60_000 + offset + 3 * 1440) % 10_080
    return item.hours.isEmpty
      || item.hours.contains { hours in
        let (from, to) = (Int64(hours.fromMinute), Int64(hours.toMinute))
        return (from..<to).contains(minute) || (from..<to).contains(minute + 10_080)
      }
  }
}
