internal import Definitions
internal import Messages

/// What of a search goes into its answer.
struct SearchColumns {
  private let catalogue: Catalogue
  private var categoryIndexes: [Int: UInt32] = [:]
  private(set) var response = SearchResponse()

  init(_ catalogue: Catalogue) { self.catalogue = catalogue }

  mutating func append(
    _ candidate: Candidate, row: Int, sources: UInt32, now: Int64
  ) {
    let item = catalogue.items[row]
    let open = item.hours.interval(containing: now, zone: catalogue.zones[item.zone])
    response.keys.append(item.key)
    response.ids.append(item.id)
    response.names.append(item.name)
    response.distancesKilometres.append(candidate.distanceKilometres)
    response.popularities.append(candidate.popularity)
    response.prices.append(UInt32(item.price))
    response.ratings.append(item.rating.isNaN ? -1 : item.rating)
    response.scores.append(candidate.score)
    response.categories.append(category(of: item))
    response.sources.append(sources)
    response.latitudes.append(Float(item.coordinate.latitude))
    response.longitudes.append(Float(item.coordinate.longitude))
    response.openFromSeconds.append(open?.fromSeconds ?? 0)
    response.openUntilSeconds.append(open?.untilSeconds ?? 0)
  }

  /// Only the names in use travel. An item without a category gets one with an empty name.
  private mutating func category(of item: CatalogueItem) -> UInt32 {
    let category = item.categories.first ?? -1
    if let index = categoryIndexes[category] { return index }
    let index = UInt32(response.categoryNames.count)
    response.categoryNames.append(category < 0 ? "" : catalogue.categoryNames[category])
    categoryIndexes[category] = index
    return index
  }
}
