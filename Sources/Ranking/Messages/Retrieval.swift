package import CMessages
package import RPC

package struct Filters: Message {
  /// 0: the server's default.
  package var radiusKilometres: Double = 0
  /// Any of these; none: all.
  package var categories: [String] = []
  /// Any of these levels, 1 to 4; none: all.
  package var prices: [UInt32] = []
  /// Also what is closed at `now_ms`.
  package var includeClosed: Bool = false

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Filters>?) -> Void {
    brigade__v1__filters__init
  }

  package init(_ c: Brigade__V1__Filters) {
    radiusKilometres = c.radius_km
    categories = Array(c.categories, c.n_categories)
    prices = Array(c.prices, c.n_prices)
    includeClosed = c.include_closed != 0
  }

  package func write(to c: inout Brigade__V1__Filters, in arena: Arena) {
    c.radius_km = radiusKilometres
    (c.categories, c.n_categories) = (arena.strings(categories), categories.count)
    (c.prices, c.n_prices) = (arena.array(prices), prices.count)
    c.include_closed = includeClosed ? 1 : 0
  }
}

package struct SearchRequest: Message {
  /// Required.
  package var place: Place?
  /// Unix time that "open now" and popularity are read at; required.
  package var nowMilliseconds: Int64 = 0
  /// Empty: nobody we know.
  package var userID: String = ""
  package var filters: Filters?
  /// Candidates wanted; 0: the server's default.
  package var limit: UInt32 = 0
  /// Items to tell the fate of, at most 16; none costs nothing.
  package var explainIDs: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__SearchRequest>?) -> Void {
    brigade__v1__search_request__init
  }

  package init(_ c: Brigade__V1__SearchRequest) {
    place = Place(c.place)
    nowMilliseconds = c.now_ms
    userID = String(c.user_id)
    filters = Filters(c.filters)
    limit = c.limit
    explainIDs = Array(c.explain_ids, c.n_explain_ids)
  }

  package func write(to c: inout Brigade__V1__SearchRequest, in arena: Arena) {
    c.place = arena.message(place)
    c.now_ms = nowMilliseconds
    c.user_id = arena.string(userID)
    c.filters = arena.message(filters)
    c.limit = limit
    (c.explain_ids, c.n_explain_ids) = (arena.strings(explainIDs), explainIDs.count)
  }
}

/// Columns of equal length, best candidate first.
package struct SearchResponse: Message {
  /// FNV-1a 64 of the item's id.
  package var keys: [UInt64] = []
  package var ids: [String] = []
  package var names: [String] = []
  package var distancesKilometres: [Float] = []
  /// Decayed orders at `now_ms`.
  package var popularities: [Float] = []
  /// 0 unknown.
  package var prices: [UInt32] = []
  /// Negative unknown.
  package var ratings: [Float] = []
  /// Of the first stage.
  package var scores: [Float] = []
  /// Index into category_names of the first category.
  package var categories: [UInt32] = []
  /// Bit 0 place, bit 1 the user's own history.
  package var sources: [UInt32] = []
  /// Unix seconds of the opening interval that holds now_ms,.
  package var openFromSeconds: [Int64] = []
  /// Both 0 for an item that is closed.
  package var openUntilSeconds: [Int64] = []
  package var categoryNames: [String] = []
  /// How many passed the filters before the cut.
  package var matched: UInt32 = 0
  /// Events that popularity and history reflect.
  package var logPosition: UInt64 = 0
  /// Degrees, so that a caller that keeps candidates can ask again how far they are.
  package var latitudes: [Float] = []
  package var longitudes: [Float] = []
  /// One for each of the request's `explainIDs`.
  package var fates: [ItemFate] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__SearchResponse>?) -> Void {
    brigade__v1__search_response__init
  }

  package init(_ c: Brigade__V1__SearchResponse) {
    keys = Array(c.keys, c.n_keys)
    ids = Array(c.ids, c.n_ids)
    names = Array(c.names, c.n_names)
    distancesKilometres = Array(c.distances_km, c.n_distances_km)
    popularities = Array(c.popularities, c.n_popularities)
    prices = Array(c.prices, c.n_prices)
    ratings = Array(c.ratings, c.n_ratings)
    scores = Array(c.scores, c.n_scores)
    categories = Array(c.categories, c.n_categories)
    sources = Array(c.sources, c.n_sources)
    openFromSeconds = Array(c.open_from_s, c.n_open_from_s)
    openUntilSeconds = Array(c.open_until_s, c.n_open_until_s)
    categoryNames = Array(c.category_names, c.n_category_names)
    matched = c.matched
    logPosition = c.log_position
    latitudes = Array(c.latitudes, c.n_latitudes)
    longitudes = Array(c.longitudes, c.n_longitudes)
    fates = Array(c.fates, c.n_fates)
  }

  package func write(to c: inout Brigade__V1__SearchResponse, in arena: Arena) {
    (c.keys, c.n_keys) = (arena.array(keys), keys.count)
    (c.ids, c.n_ids) = (arena.strings(ids), ids.count)
    (c.names, c.n_names) = (arena.strings(names), names.count)
    (c.distances_km, c.n_distances_km) = (
      arena.array(distancesKilometres), distancesKilometres.count
    )
    (c.popularities, c.n_popularities) = (arena.array(popularities), popularities.count)
    (c.prices, c.n_prices) = (arena.array(prices), prices.count)
    (c.ratings, c.n_ratings) = (arena.array(ratings), ratings.count)
    (c.scores, c.n_scores) = (arena.array(scores), scores.count)
    (c.categories, c.n_categories) = (arena.array(categories), categories.count)
    (c.sources, c.n_sources) = (arena.array(sources), sources.count)
    (c.open_from_s, c.n_open_from_s) = (arena.array(openFromSeconds), openFromSeconds.count)
    (c.open_until_s, c.n_open_until_s) = (arena.array(openUntilSeconds), openUntilSeconds.count)
    (c.category_names, c.n_category_names) = (arena.strings(categoryNames), categoryNames.count)
    c.matched = matched
    c.log_position = logPosition
    (c.latitudes, c.n_latitudes) = (arena.array(latitudes), latitudes.count)
    (c.longitudes, c.n_longitudes) = (arena.array(longitudes), longitudes.count)
    (c.fates, c.n_fates) = (arena.messages(fates), fates.count)
  }
}
