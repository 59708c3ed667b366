import Definitions
import Messages
import Testing

@testable import Commands

struct VisitHeuristicsTests {
  private static let day: Int64 = 86_400_000
  private static let hour: Int64 = 3_600_000
  /// Noon, UTC.
  private static let now: Int64 = 1_500_033_600_000 + 12 * hour
  private static let place = Coordinate(latitude: 40, longitude: -74)

  /// Five items, each a kilometre farther east than the one before.
  private func catalogue() throws -> Catalogue {
    try Catalogue(
      records: (0..<5).map { index in
        var item = Item()
        item.id = "v\(index)"
        item.place =
          Self.place.moved(eastKilometres: Double(index), northKilometres: 0).place
        return .item(item)
      })
  }

  private func order(_ user: String, _ item: Int, _ before: Int64) -> Event {
    var event = Event()
    event.kind = .order
    event.userID = user
    event.itemID = "v\(item)"
    event.timeMilliseconds = Self.now - before
    return event
  }

  private func heuristics(_ orders: [Event]) throws -> VisitHeuristics {
    var heuristics = VisitHeuristics(try catalogue())
    for order in orders.sorted(by: { $0.timeMilliseconds < $1.timeMilliseconds }) {
      heuristics.note(order)
    }
    return heuristics
  }

  private func order(
    of heuristic: Heuristic, in known: VisitHeuristics, user: String = "u"
  ) -> [Int] {
    let scores = known.scores(
      heuristic, of: Array(0..<5), userID: user, place: Self.place, now: Self.now)
    return scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
  }

  @Test func `popularity counts the orders of thirty days, everybody's`() throws {
    let known = try heuristics([
      order("a", 3, Self.day), order("b", 3, 2 * Self.day), order("a", 1, Self.day),
      order("a", 2, 31 * Self.day), order("a", 2, 32 * Self.day), order("b", 2, 33 * Self.day),
    ])
    let scores = known.scores(
      .popularity, of: Array(0..<5), userID: "u", place: Self.place, now: Self.now)
    #expect(scores == [0, 1, 0, 2, 0])
  }

  @Test func `the nearest is the nearest to the request`() throws {
    #expect(order(of: .nearest, in: try heuristics([])) == [0, 1, 2, 3, 4])
  }

  @Test func `own history counts the user's own, and the latest breaks ties`() throws {
    let known = try heuristics([
      order("u", 4, 50 * Self.day), order("u", 4, 40 * Self.day), order("u", 1, 9 * Self.day),
      order("u", 2, Self.day), order("else", 0, Self.day), order("else", 0, 2 * Self.day),
    ])
    #expect(order(of: .ownHistory, in: known) == [4, 2, 1, 0, 3])
    #expect(order(of: .ownHistory, in: known, user: "else").first == 0)
    #expect(order(of: .ownHistory, in: known, user: "nobody") == [0, 1, 2, 3, 4])
  }

  @Test func `an order at this hour weighs more than two at another`() throws {
    let known = try heuristics([
      order("u", 3, 7 * Self.day), order("u", 2, 3 * Self.day + 11 * Self.hour),
      order("u", 2, 4 * Self.day + 11 * Self.hour),
    ])
    #expect(order(of: .ownHistory, in: known).first == 2)
    #expect(order(of: .historyByHour, in: known).first == 3)
  }

  @Test func `hours are a circle`() throws {
    var known = VisitHeuristics(try catalogue())
    // 23:00 and 03:00; asked at 00:00 the former is nearer.
    let midnight = Self.now - 12 * Self.hour
    for (item, time) in [(1, midnight - 21 * Self.hour), (2, midnight - Self.hour)] {
      var event = order("u", item, 0)
      event.timeMilliseconds = time
      known.note(event)
    }
    let scores = known.scores(
      .historyByHour, of: [1, 2], userID: "u", place: Self.place, now: midnight)
    #expect(scores[1] > scores[0] + 0.1)
  }

  @Test func `a first visit is one of which nothing was noted`() throws {
    let known = try heuristics([order("u", 1, Self.day)])
    #expect(known.hasVisited("u", row: 1))
    #expect(!known.hasVisited("u", row: 2))
    #expect(!known.hasVisited("v", row: 1))
  }

  @Test func `an item that the catalogue lacks is last`() throws {
    let known = try heuristics([])
    for heuristic in Heuristic.allCases {
      let scores = known.scores(
        heuristic, of: [nil, 4], userID: "u", place: Self.place, now: Self.now)
      #expect(scores[0] < scores[1], "\(heuristic)")
    }
  }
}
