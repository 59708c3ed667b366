package import Definitions
internal import Glibc
package import Messages

/// The first stage: which items near a place are worth ranking for a user, as of a moment.
///
///     score = log(1 + popularity) · popularityWeight − kilometres · distanceWeight
///             + rating · ratingWeight
///
/// The answer is exact. Equal scores stand in the order of their keys, so it is the same on every
/// replica that has applied the same events. Not thread-safe; calls do not block.
package final class RetrievalEngine {
  package let catalogue: Catalogue
  package let parameters: RetrievalParameters
  /// Events applied so far.
  package private(set) var logPosition: UInt64 = 0
  private let index: GeoIndex
  /// Where each row is in the index.
  private let slots: [Int32]
  private var popularity: Popularity
  private var history: History
  private var openNow: OpenNow

  /// The parameters must have no `problems`.
  package init(catalogue: Catalogue, parameters: RetrievalParameters = RetrievalParameters()) {
    precondition(parameters.problems.isEmpty, "unusable parameters")
    self.catalogue = catalogue
    self.parameters = parameters
    let index = GeoIndex(catalogue.items.map(\.coordinate))
    var slots = [Int32](repeating: 0, count: index.rows.count)
    for (slot, row) in index.rows.enumerated() { slots[Int(row)] = Int32(slot) }
    self.index = index
    self.slots = slots
    popularity = Popularity(
      rows: catalogue.items.count,
      halfLifeMilliseconds: parameters.popularityHalfLifeMilliseconds)
    history = History(itemsMax: parameters.historyItemsMax, usersMax: parameters.historyUsersMax)
    openNow = OpenNow(catalogue)
  }

  /// Takes the next event of the log. Orders count; others only move the position.
  package func apply(_ event: Event) {
    logPosition += 1
    guard event.kind == .order, let row = catalogue.row(ofKey: itemKey(event.itemID)) else {
      return
    }
    let time = event.timeMilliseconds
    popularity.order(row: row, timeMilliseconds: time, value: event.value)
    if !event.userID.isEmpty {
      history.order(user: itemKey(event.userID), row: row, timeMilliseconds: time)
    }
  }

  /// What is wrong with the filters of a request, naming the field; nil when `search` takes them.
  package static func problem(in filters: Filters) -> String? {
    guard filters.radiusKilometres >= 0, filters.radiusKilometres.isFinite else {
      return "filters.radius_km must be 0 or more"
    }
    guard filters.prices.allSatisfy({ (1...4).contains($0) }) else {
      return "filters.prices must be from 1 to 4"
    }
    return nil
  }

  /// The best candidates around a place, best first.
  ///
  /// `limit` 0 and a radius of 0 stand for the defaults; what is over a maximum is cut to it.
  /// A share of the places (`historyShare`) is kept for what the user ordered before, found up to
  /// `historyRadiusFactor` times as far. An empty `userID` is nobody.
  package func search(
    _ center: Coordinate, nowMilliseconds: Int64, userID: String, filters: Filters, limit: Int
  ) -> SearchResponse {
    let limit = limit <= 0 ? parameters.defaultLimit : min(limit, parameters.limitMax)
    let filter = ItemFilter(filters, categoryNames: catalogue.categoryNames)
    openNow.move(to: nowMilliseconds)
    let query = Query(
      center: center, now: nowMilliseconds, radius: radius(filters), filter: filter,
      includeClosed: filters.includeClosed)
    let near = nearest(query, limit: limit)
    let known = previousItems(query, userID: userID)
    return response(near, known, limit: limit, now: nowMilliseconds)
  }
}

/// The two sources.
extension RetrievalEngine {
  private struct Query {
    let center: Coordinate
    let now: Int64
    let radius: Double
    let filter: ItemFilter
    let includeClosed: Bool
  }

  private struct Near {
    var top: TopCandidates
    var matched: Int
  }

  private func radius(_ filters: Filters) -> Double {
    let radius = filters.radiusKilometres
    return radius > 0
      ? min(radius, parameters.radiusKilometresMax)
      : parameters.defaultRadiusKilometres
  }

  private func nearest(_ query: Query, limit: Int) -> Near {
    var near = Near(top: TopCandidates(limit: limit), matched: 0)
    guard !query.filter.wantsNothing else { return near }
    index.forEach(within: query.radius, of: query.center) { slot, distance in
      let row = Int(index.rows[slot])
      guard passes(row, query) else { return }
      near.matched += 1
      near.top.offer(candidate(row, distance: distance, query))
    }
    return near
  }

  /// What the user ordered before, as far as it passes, best first.
  private func previousItems(_ query: Query, userID: String) -> [Candidate] {
    guard !userID.isEmpty else { return [] }
    let reach = query.radius * parameters.historyRadiusFactor
    return history.rows(user: itemKey(userID), through: query.now)
      .compactMap { row -> Candidate? in
        let distance = index.distanceKilometres(Int(slots[row]), from: query.center)
        guard distance <= reach, passes(row, query) else { return nil }
        return candidate(row, distance: distance, query)
      }
      .sorted { $0.precedes($1) }
  }

  private func passes(_ row: Int, _ query: Query) -> Bool {
    query.filter.passes(catalogue.items[row]) && (query.includeClosed || openNow.isOpen(row: row))
  }

  private func candidate(_ row: Int, distance: Double, _ query: Query) -> Candidate {
    let item = catalogue.items[row]
    let popularity = popularity.decayedOrders(row: row, at: query.now)
    let rating = item.rating.isNaN ? parameters.unknownRating : Double(item.rating)
    let score =
      log1p(popularity) * parameters.popularityWeight - distance * parameters.distanceWeight
      + rating * parameters.ratingWeight
    return Candidate(
      score: Float(score), key: item.key, row: Int32(row), distanceKilometres: Float(distance),
      popularity: Float(popularity), isInRadius: distance <= query.radius)
  }

  private func response(
    _ near: Near, _ known: [Candidate], limit: Int, now: Int64
  ) -> SearchResponse {
    let chosen = Self.merge(
      near.top.sorted, known,
      reserved: Int((Double(limit) * parameters.historyShare).rounded(.up)), limit: limit)
    let knownRows = Set(known.map(\.row))
    var columns = SearchColumns(catalogue)
    for candidate in chosen {
      let sources =
        (candidate.isInRadius ? SearchColumns.placeSource : 0)
        | (knownRows.contains(candidate.row) ? SearchColumns.historySource : 0)
      columns.append(candidate, sources: sources, now: now)
    }
    var response = columns.response
    response.matched = UInt32(clamping: near.matched + known.count { !$0.isInRadius })
    response.logPosition = logPosition
    return response
  }

  /// The best of both, `reserved` places of it for what is known.
  private static func merge(
    _ near: [Candidate], _ known: [Candidate], reserved: Int, limit: Int
  ) -> [Candidate] {
    let kept = known.prefix(reserved)
    let rows = Set(kept.map(\.row))
    let others = near.filter { !rows.contains($0.row) }.prefix(limit - kept.count)
    return (kept + others).sorted { $0.precedes($1) }
  }
}
