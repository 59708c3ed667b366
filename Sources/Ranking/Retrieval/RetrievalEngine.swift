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
  let index: GeoIndex
  let columns: ItemColumns
  /// Where each row is in the index.
  let slots: [Int32]
  private var popularity: Popularity
  private var history: History
  private var coVisits: CoVisits
  /// First orders of a user only.
  private var discoveries: Popularity
  private var hauntPull: HauntPull
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
    coVisits = CoVisits(
      items: catalogue.items.count, neighboursMax: parameters.coVisitNeighboursMax)
    // Without the source, neither takes memory.
    let hauntSlots = parameters.sources.share(of: .haunts) > 0 ? index.rows.count : 0
    discoveries = Popularity(
      slots: hauntSlots, halfLifeMilliseconds: parameters.discoveryHalfLifeMilliseconds)
    hauntPull = HauntPull(
      slots: hauntSlots, radiusKilometres: parameters.hauntRadiusKilometres,
      walkKilometres: parameters.hauntWalkKilometres, itemsMax: parameters.hauntItemsMax)
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
    if !event.userID.isEmpty { noteOwn(event, user: itemKey(event.userID), row: row) }
  }

  private func noteOwn(_ event: Event, user: UInt64, row: Int) {
    let time = event.timeMilliseconds
    let others =
      parameters.sources.share(of: .coVisits) > 0
      ? history.known(user: user, through: .max, limit: parameters.coVisitItemsMax) : []
    guard history.order(user: user, row: row, timeMilliseconds: time) else { return }
    if parameters.sources.share(of: .coVisits) > 0 {
      coVisits.firstOrder(of: row, after: others.map(\.row))
    }
    if parameters.sources.share(of: .haunts) > 0 {
      discoveries.order(slot: Int(slots[row]), timeMilliseconds: time, value: event.value)
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
  /// Each of the `sources` proposes in its turn, up to its share; those that go by what the user did
  /// reach `historyRadiusFactor` times as far. The place fills the rest. An empty `userID` is nobody.
  /// - Parameter explaining: ids of items to tell the fate of.
  package func search(
    _ center: Coordinate, nowMilliseconds: Int64, userID: String, filters: Filters, limit: Int,
    explaining: [String] = []
  ) -> SearchResponse {
    let limit = limit <= 0 ? parameters.defaultLimit : min(limit, parameters.limitMax)
    let filter = ItemFilter(filters, categoryNames: catalogue.categoryNames)
    openNow.move(to: nowMilliseconds)
    let query = Query(
      center: center, now: nowMilliseconds, radius: radius(filters), filter: filter,
      filters: filters)
    let near = nearest(query, limit: limit)
    var proposals = [CandidateSources.Name.place: near.top.sorted]
    if !userID.isEmpty {
      let user = itemKey(userID)
      for source in parameters.sources.list where source.share > 0 && source.name != .place {
        proposals[source.name] = propose(source.name, user: user, query)
      }
    }
    var response = response(
      proposals, matched: near.matched, limit: limit, now: nowMilliseconds)
    if !explaining.isEmpty {
      let fates = FateTeller(engine: self, query: query, proposals: proposals, limit: limit)
      response.fates = explaining.map { fates.fate($0, among: response.keys) }
    }
    return response
  }
}

/// What each source proposes.
extension RetrievalEngine {
  struct Query {
    let center: Coordinate
    let now: Int64
    let radius: Double
    let filter: ItemFilter
    let filters: Filters
    var includeClosed: Bool { filters.includeClosed }
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

  /// Best first, by the source's own measure.
  private func propose(
    _ source: CandidateSources.Name, user: UInt64, _ query: Query
  ) -> [Candidate] {
    switch source {
    case .place: []
    case .history: previousItems(query, user: user)
    case .haunts: ranked(aroundHaunts(query, user: user), query)
    case .coVisits: ranked(coVisited(query, user: user), query)
    }
  }

  private func previousItems(_ query: Query, user: UInt64) -> [Candidate] {
    history.rows(user: user, through: query.now)
      .compactMap { reachable(Int(slots[$0]), query) }
      .sorted { $0.precedes($1) }
  }

  /// By slot: the pull of the user's haunts and of the place, times the square root of how many came
  /// to know the item lately, times the fourth root of how often the user orders its category.
  ///
  /// First orders, because regulars fill the orders of a place that nobody discovers.
  private func aroundHaunts(_ query: Query, user: UInt64) -> [Int32: Double] {
    let known = history.known(user: user, through: query.now, limit: parameters.hauntsMax)
    guard !known.isEmpty else { return [:] }
    let taste = Taste(known.map { (catalogue.items[$0.row].categories.first, $0.orders) })
    var scores: [Int32: Double] = [:]
    hauntPull.forEach(points(known, query), in: index) { slot, pull in
      let discoveries = discoveries.decayedOrders(slot: slot, at: query.now)
      let category = catalogue.items[Int(index.rows[slot])].categories.first
      scores[Int32(slot)] = pull * (discoveries + 0.3).squareRoot() * taste[category]
    }
    return scores
  }

  private func points(_ known: [History.Known], _ query: Query) -> [HauntPull.Point] {
    let weights = known.map { Double($0.orders).squareRoot() }
    let sum = weights.reduce(0, +)
    var points = zip(known, weights).map { known, weight in
      HauntPull.Point(coordinate: catalogue.items[known.row].coordinate, weight: weight / sum)
    }
    points.append(
      HauntPull.Point(coordinate: query.center, weight: parameters.hauntPlaceWeight))
    return points
  }

  private func coVisited(_ query: Query, user: UInt64) -> [Int32: Double] {
    let known = history.known(
      user: user, through: query.now, limit: parameters.coVisitItemsMax)
    var bySlot: [Int32: Double] = [:]
    for (row, score) in coVisits.proposals(known: known.map(\.row)) {
      bySlot[slots[Int(row)]] = score
    }
    return bySlot
  }

  /// Those that pass, best first; equal ones in the order of their keys.
  private func ranked(_ scores: [Int32: Double], _ query: Query) -> [Candidate] {
    scores
      .sorted { left, right in
        left.value != right.value
          ? left.value > right.value
          : columns.keys[Int(left.key)] < columns.keys[Int(right.key)]
      }
      .compactMap { reachable(Int($0.key), query) }
  }

  private func reachable(_ slot: Int, _ query: Query) -> Candidate? {
    let distance = index.distanceKilometres(slot, from: query.center)
    guard distance <= query.radius * parameters.historyRadiusFactor, passes(slot, query) else {
      return nil
    }
    return candidate(slot, distance: distance, query)
  }

  func passes(_ slot: Int, _ query: Query) -> Bool {
    query.filter.passes(slot, of: columns) && (query.includeClosed || isOpen(slot))
  }

  /// At the time of the search under way.
  func isOpen(_ slot: Int) -> Bool { openNow.isOpen(slot: slot) }

  func candidate(_ slot: Int, distance: Double, _ query: Query) -> Candidate {
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
    _ proposals: [CandidateSources.Name: [Candidate]], matched: Int, limit: Int, now: Int64
  ) -> SearchResponse {
    let chosen = choose(proposals, limit: limit)
    // Every source that proposed it is told, not only the one that had it chosen.
    var sources: [Int32: UInt32] = [:]
    for (name, candidates) in proposals where name != .place {
      for candidate in candidates { sources[candidate.slot, default: 0] |= name.bit }
    }
    var answer = SearchColumns(catalogue)
    for candidate in chosen {
      let bits =
        (candidate.isInRadius ? CandidateSources.Name.place.bit : 0)
        | sources[candidate.slot, default: 0]
      let row = Int(index.rows[Int(candidate.slot)])
      answer.append(candidate, row: row, sources: bits, now: now)
    }
    var response = answer.response
    let beyond = (proposals[.history] ?? []).count { !$0.isInRadius }
    response.matched = UInt32(clamping: matched + beyond)
    response.logPosition = logPosition
    return response
  }

  /// Each source in its turn takes the best of its own that nobody has taken, up to its share; then
  /// the place takes what is left.
  private func choose(
    _ proposals: [CandidateSources.Name: [Candidate]], limit: Int
  ) -> [Candidate] {
    var taken: Set<Int32> = []
    var chosen: [Candidate] = []
    func take(_ name: CandidateSources.Name, upTo count: Int) {
      var left = min(count, limit - chosen.count)
      for candidate in proposals[name] ?? [] where left > 0 {
        guard taken.insert(candidate.slot).inserted else { continue }
        chosen.append(candidate)
        left -= 1
      }
    }
    for source in parameters.sources.list {
      take(source.name, upTo: Int((Double(limit) * source.share).rounded(.up)))
    }
    take(.place, upTo: limit)
    return chosen.sorted { $0.precedes($1) }
  }
}
