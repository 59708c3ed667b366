internal import Definitions
internal import Messages

/// The popular items shipped with the catalogue: the last thing to show when no candidates can be
/// had. Opening hours and distance are looked at for each request.
struct PopularList: Sendable {
  /// As `brigade import` writes them; a longer list would cost more than it helps.
  static let itemsMax = 5_000

  private let items: ArraySlice<CatalogueItem>
  private let zones: [ZoneTable]
  private let categoryNames: [String]

  static let empty = PopularList(nil)

  init(_ catalogue: Catalogue?) {
    items = catalogue?.items.prefix(Self.itemsMax) ?? []
    zones = catalogue?.zones ?? []
    categoryNames = catalogue?.categoryNames ?? []
  }

  var count: Int { items.count }

  /// The most popular items that fit the question, most popular first. O(items).
  func candidates(
    for question: RankQuestion, radiusKilometres: Double, limit: Int
  ) -> [Candidate] {
    let filters = question.filters
    let categories = Set(filters.categories)
    var result: [Candidate] = []
    for (rank, item) in items.enumerated() where result.count < limit {
      let names = item.categories.map { categoryNames[$0] }
      guard categories.isEmpty || !categories.isDisjoint(with: names),
        filters.prices.isEmpty || filters.prices.contains(UInt32(item.price))
      else { continue }
      let distance = question.coordinate.distanceKilometres(to: item.coordinate)
      guard distance <= radiusKilometres else { continue }
      let open = item.hours.interval(
        containing: question.nowMilliseconds, zone: zones[item.zone])
      guard open != nil || filters.includeClosed else { continue }
      result.append(
        Candidate(
          key: item.key, id: item.id, name: item.name, coordinate: item.coordinate,
          distanceKilometres: distance,
          // The file's order is all that is known of their popularity.
          popularity: Double(items.count - rank) / Double(items.count),
          price: UInt32(item.price), rating: item.rating.isNaN ? -1 : Double(item.rating),
          category: names.first ?? "", sources: Candidate.sourceOfPlace,
          open: open.map { $0.fromSeconds..<$0.untilSeconds } ?? 0..<0))
    }
    return result
  }
}
