internal import Definitions
internal import Features
internal import Messages
internal import Retrieval

/// The candidates of one visit and their rows.
struct CandidateGroup: Equatable {
  let timeMilliseconds: Int64
  let keys: [UInt64]
  /// By row.
  let labels: [UInt8]
  /// Row-major.
  let matrix: [Float]
}

/// Visits as the cluster would have met them: the candidates that retrieval finds just before each,
/// and their rows, by the same engine and the same executor, with nothing known of what comes later.
///
/// An order counts as one request, whether or not impressions led to it.
struct CandidateReplay {
  let catalogue: Catalogue
  private let engine: RetrievalEngine
  private var executor: FeatureExecutor
  private var places: RequestPlaces
  private let filters: Filters
  private let candidates: Int
  private let negativesMax: Int
  private var generator: SplitMix64

  /// - Parameter sources: those that the cluster is to have.
  init(
    _ catalogue: Catalogue, _ definition: FeatureDefinition, _ sources: CandidateSources,
    _ options: CandidateSetOptions
  ) {
    self.catalogue = catalogue
    var parameters = RetrievalParameters()
    parameters.sources = sources
    engine = RetrievalEngine(catalogue: catalogue, parameters: parameters)
    executor = FeatureExecutor(definition: definition, catalogue: catalogue)
    places = RequestPlaces(catalogue)
    var filters = Filters()
    filters.radiusKilometres = options.radiusKilometres
    self.filters = filters
    candidates = options.candidates
    negativesMax = options.negativesMax
    generator = SplitMix64(seed: options.seed)
  }

  mutating func apply(_ event: Event) {
    engine.apply(event)
    executor.apply(event)
    places.note(event)
  }

  /// Rows of the visit's candidates, best first as retrieval has them; label 1 is the visit's item.
  ///
  /// - Parameter isToLearnFrom: then an item that retrieval missed is added, at a random place, and no
  ///   more than `negativesMax` others are drawn. Otherwise the group is what would have been served.
  mutating func group(
    of visit: Event, isToLearnFrom: Bool
  ) throws(AssembleError) -> CandidateGroup {
    let visited = itemKey(visit.itemID)
    let place = places.place(of: visit)
    var keys = engine.search(
      place, nowMilliseconds: visit.timeMilliseconds, userID: visit.userID, filters: filters,
      limit: candidates
    ).keys
    if isToLearnFrom {
      keys = drawn(keys.filter { $0 != visited })
      keys.insert(visited, at: Int.random(in: 0...keys.count, using: &generator))
    }
    let rows = try executor.assemble(
      userID: visit.userID, nowMilliseconds: visit.timeMilliseconds, coordinate: place, keys: keys,
      clock: { 0 })
    return CandidateGroup(
      timeMilliseconds: visit.timeMilliseconds, keys: keys,
      labels: keys.map { $0 == visited ? 1 : 0 }, matrix: rows.matrix)
  }

  private mutating func drawn(_ keys: [UInt64]) -> [UInt64] {
    guard keys.count > negativesMax else { return keys }
    return Array(keys.shuffled(using: &generator).prefix(negativesMax))
  }
}
