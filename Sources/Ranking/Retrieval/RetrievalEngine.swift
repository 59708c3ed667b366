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
  private let columns: ItemColumns
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
    columns = ItemColumns(catalogue.items, rows: index.rows)
    self.slots = slots
    popularity = Popularity(
      slots: index.rows.count,
      halfLifeMilliseconds: parameters.popularityHalfLifeMilliseconds)
    history = History(itemsMax: parameters.historyItemsMax, usersMax: parameters.historyUsersMax)
    openNow = OpenNow(catalogue, rows: index.rows)
  }

  /// Takes the next event of the log. Orders count; others only move the position.
  package func apply(_ event: Event) {
    logPosition += 1
    guard event.kind == .order, let row = catalogue.row(ofKey: itemKey(event.itemID)) else {
      return
    }
    let time = event.timeMilliseconds
    popularity.order(slot: Int(slots[row]), timeMilliseconds: time, value: event.value)
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
      guard passes(slot, query) else { return }
      near.matched += 1
      near.top.offer(candidate(slot, distance: distance, query))
    }
    return near
  }

  /// What the user ordered before, as far as it passes, best first.
  private func previousItems(_ query: Query, userID: String) -> [Candidate] {
    guard !userID.isEmpty else { return [] }
    let reach = query.radius * parameters.historyRadiusFactor
    return history.rows(user: itemKey(userID), through: query.now)
      .compactMap { row -> Candidate? in
        let slot = Int(slots[row])
        let distance = index.distanceKilometres(slot, from: query.center)
        guard distance <= reach, passes(slot, query) else { return nil }
        return candidate(slot, distance: distance, query)
      }
      .sorted { $0.precedes($1) }
  }

  private func passes(_ slot: Int, _ query: Query) -> Bool {
    query.filter.passes(slot, of: columns) && (query.includeClosed || openNow.isOpen(slot: slot))
  }

  private func candidate(_ slot: Int, distance: Double, _ query: Query) -> Candidate {
    let popularity = popularity.decayedOrders(slot: slot, at: query.now)
    let known = columns.ratings[slot]
    let rating = known.isNaN ? parameters.unknownRating : Double(known)
    let score =
      log1p(popularity) * parameters.popularityWeight - distance * parameters.distanceWeight
      + rating * parameters.ratingWeight
    return Candidate(
      score: Float(score), key: columns.keys[slot], slot: Int32(slot),
      distanceKilometres: Float(distance), popularity: Float(popularity),
      isInRadius: distance <= query.radius)
  }

  private func response(
    _ near: Near, _ known: [Candidate], limit: Int, now: Int64
  ) -> SearchResponse {
    let chosen = Self.merge(
      near.top.sorted, known,
      reserved: Int((Double(limit) * parameters.historyShare).rounded(.up)), limit: limit)
    let knownSlots = Set(known.map(\.slot))
    var answer = SearchColumns(catalogue)
    for candidate in chosen {
      let sources =
        (candidate.isInRadius ? SearchColumns.placeSource : 0)
        | (knownSlots.contains(candidate.slot) ? SearchColumns.historySource : 0)
      let row = Int(index.rows[Int(candidate.slot)])
      answer.append(candidate, row: row, sources: sources, now: now)
    }
    var response = answer.response
    response.matched = UInt32(clamping: near.matched + known.count { !$0.isInRadius })
    response.logPosition = logPosition
    return response
  }

  /// The best of both, `reserved` places of it for what is known.
  private static func merge(
    _ near: [Candidate], _ known: [Candidate], reserved: Int, limit: Int
  ) -> [Candidate] {
    let kept = known.prefix(reserved)
    let slots = Set(kept.map(\.slot))
    let others = near.filter { !slots.contains($0.slot) }.prefix(limit - kept.count)
    return (kept + others).sorted { $0.precedes($1) }
  }
}
