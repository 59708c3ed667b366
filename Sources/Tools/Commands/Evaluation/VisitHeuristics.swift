internal import Definitions
internal import Glibc
internal import Messages

/// Rankings that a table of real logs is compared with: what a spreadsheet could do.
enum Heuristic: String, CaseIterable, Sendable {
  /// Orders of the last 30 days.
  case popularity
  /// To the place of the request.
  case nearest
  /// The user's own orders; of equally many, the latest first.
  case ownHistory = "own history"
  /// The same, orders around this hour of the day counting more.
  case historyByHour = "history × hour"
}

/// What the heuristics know, as of any moment of a replay.
struct VisitHeuristics {
  private static let popularityMilliseconds: Int64 = 30 * 86_400_000
  /// Hours that an order may be off and still count for 0.6: lunch is not at noon sharp.
  private static let hourDeviation = 2.0
  /// Of an order at any hour, so that the other end of the day is not worth nothing.
  private static let anyHourWeight = 0.2
  /// Less than the least difference of counts, so that it only breaks ties.
  private static let recencyWeight = 0.01
  private static let recencyHalfLifeMilliseconds = 30.0 * 86_400_000

  private struct Own {
    var orders = 0
    var lastMilliseconds: Int64 = .min
    var byHour = [Int](repeating: 0, count: 24)
  }

  private let catalogue: Catalogue
  /// By row, ascending as far as the log is.
  private var times: [[Int64]]
  private var own: [String: [Int: Own]] = [:]

  init(_ catalogue: Catalogue) {
    self.catalogue = catalogue
    times = Array(repeating: [], count: catalogue.items.count)
  }

  func hasVisited(_ userID: String, row: Int) -> Bool { own[userID]?[row] != nil }

  /// Events in log order; others than orders of known items are of no use here.
  mutating func note(_ event: Event) {
    guard event.kind == .order, let row = catalogue.row(ofKey: itemKey(event.itemID)) else {
      return
    }
    // A late order counts from the last one's time on, as in the feature timelines.
    times[row].append(max(event.timeMilliseconds, times[row].last ?? .min))
    guard !event.userID.isEmpty else { return }
    let hour = localHour(event.timeMilliseconds, row: row)
    var entry = own[event.userID]?[row] ?? Own()
    entry.orders += 1
    entry.lastMilliseconds = max(entry.lastMilliseconds, event.timeMilliseconds)
    entry.byHour[hour] += 1
    own[event.userID, default: [:]][row] = entry
  }

  /// One for each row, more being better; a row of nil is an item that the catalogue lacks.
  func scores(
    _ heuristic: Heuristic, of rows: [Int?], userID: String, place: Coordinate, now: Int64
  ) -> [Double] {
    let own = own[userID] ?? [:]
    return rows.map { row in
      guard let row else { return -.infinity }
      switch heuristic {
      case .popularity: return Double(recentOrders(row, now: now))
      case .nearest: return -place.distanceKilometres(to: catalogue.items[row].coordinate)
      case .ownHistory: return own[row].map { Double($0.orders) + recency($0, now) } ?? 0
      case .historyByHour:
        let hour = localHour(now, row: row)
        return own[row].map { Self.hourly($0, hour) + recency($0, now) } ?? 0
      }
    }
  }

  private func localHour(_ milliseconds: Int64, row: Int) -> Int {
    let zone = catalogue.zones[catalogue.items[row].zone]
    return LocalTime(unixMilliseconds: milliseconds, zone: zone).hour
  }

  private func recentOrders(_ row: Int, now: Int64) -> Int {
    let list = times[row]
    return Self.count(list, before: now)
      - Self.count(list, before: now &- Self.popularityMilliseconds)
  }

  private static func count(_ list: [Int64], before time: Int64) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func recency(_ own: Own, _ now: Int64) -> Double {
    let age = max(0, Double(now) - Double(own.lastMilliseconds))
    return Self.recencyWeight * exp2(-age / Self.recencyHalfLifeMilliseconds)
  }

  private static func hourly(_ own: Own, _ hour: Int) -> Double {
    var sum = anyHourWeight * Double(own.orders)
    for (other, orders) in own.byHour.enumerated() where orders > 0 {
      let apart = min(abs(hour - other), 24 - abs(hour - other))
      let deviations = Double(apart) / hourDeviation
      sum += Double(orders) * exp(-deviations * deviations / 2)
    }
    return sum
  }
}
