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
  /// - Parameter isToLearnFrom: then of those that the user has not ordered before no more than
  ///   `negativesMax` others are drawn. Otherwise the group is what would have been served.
  ///
  /// An item that retrieval missed is not added: far from all that is ever ranked, it would teach
  /// the model that what is odd is good.
  mutating func group(
    of visit: Event, isToLearnFrom: Bool
  ) throws(AssembleError) -> CandidateGroup {
    let visited = itemKey(visit.itemID)
    let place = places.place(of: visit)
    let found = engine.search(
      place, nowMilliseconds: visit.timeMilliseconds, userID: visit.userID, filters: filters,
      limit: candidates)
    // All of them, whichever are drawn: a candidate's rank is its rank among all.
    let rows = try executor.assemble(
      userID: visit.userID, nowMilliseconds: visit.timeMilliseconds, coordinate: place,
      keys: found.keys, clock: { 0 })
    let kept = isToLearnFrom ? drawn(found, with: visited) : Array(found.keys.indices)
    return CandidateGroup(
      timeMilliseconds: visit.timeMilliseconds, keys: kept.map { found.keys[$0] },
      labels: kept.map { found.keys[$0] == visited ? 1 : 0 },
      matrix: kept.flatMap { rows.matrix[($0 * rows.columns)..<(($0 + 1) * rows.columns)] })
  }

  /// Their places in the search, in order.
  private mutating func drawn(_ found: SearchResponse, with visited: UInt64) -> [Int] {
    let others = found.keys.indices.filter { index in
      found.keys[index] != visited && found.sources[index] & CandidateSources.Name.history.bit == 0
    }
    let given = Set(others.shuffled(using: &generator).dropFirst(negativesMax))
    return found.keys.indices.filter { !given.contains($0) }
  }
}
