internal import Definitions
internal import Messages

/// One item on its way through the pipeline, with the columns that the light model needs.
struct Candidate: Equatable, Sendable {
  var key: UInt64
  var id: String
  var name: String
  var coordinate: Coordinate
  var distanceKilometres: Double
  /// Decayed orders.
  var popularity: Double
  /// 1 to 4; 0 unknown.
  var price: UInt32
  /// 0 to 5; negative unknown.
  var rating: Double
  /// Name of the first category; empty when there is none.
  var category: String
  /// That proposed it, a bit each, as in `SearchResponse`.
  var sources: UInt32
  /// Unix seconds of the opening interval that holds the request's time; empty when closed.
  var open: Range<Int64>
}

extension [Candidate] {
  /// Candidates by the columns of a search response; nil when their lengths differ, which no
  /// replica of ours sends.
  init?(_ response: SearchResponse) {
    let count = response.keys.count
    let lengths = [
      response.ids.count, response.names.count, response.distancesKilometres.count,
      response.popularities.count, response.prices.count, response.ratings.count,
      response.categories.count, response.sources.count, response.openFromSeconds.count,
      response.openUntilSeconds.count, response.latitudes.count, response.longitudes.count,
    ]
    guard lengths.allSatisfy({ $0 == count }) else { return nil }
    self = (0..<count).map { Candidate(response, row: $0) }
  }

  /// Those that are still good for a question asked later or nearby: distances are measured anew,
  /// what has closed since or lies too far away is left out.
  func refit(to question: RankQuestion, radiusKilometres: Double) -> [Candidate] {
    let now = question.nowMilliseconds / 1_000
    return compactMap { candidate in
      var candidate = candidate
      candidate.distanceKilometres = question.coordinate.distanceKilometres(
        to: candidate.coordinate)
      let isOpen = question.filters.includeClosed || candidate.open.contains(now)
      return isOpen && candidate.distanceKilometres <= radiusKilometres ? candidate : nil
    }
  }
}

extension Candidate {
  /// The bit of `sources` for candidates of the place itself.
  static let sourceOfPlace: UInt32 = 1

  private static let sourceOfHistory: UInt32 = 2

  /// The user has ordered it before.
  var isOfHistory: Bool { sources & Self.sourceOfHistory != 0 }

  /// Not only of the user's own history.
  var isOfPlace: Bool { sources & Self.sourceOfPlace != 0 }

  fileprivate init(_ response: SearchResponse, row: Int) {
    let category = Int(response.categories[row])
    let from = response.openFromSeconds[row]
    self.init(
      key: response.keys[row], id: response.ids[row], name: response.names[row],
      coordinate: Coordinate(
        latitude: Double(response.latitudes[row]), longitude: Double(response.longitudes[row])),
      distanceKilometres: Double(response.distancesKilometres[row]),
      popularity: Double(response.popularities[row]), price: response.prices[row],
      rating: Double(response.ratings[row]),
      category: response.categoryNames.indices.contains(category)
        ? response.categoryNames[category] : "",
      sources: response.sources[row],
      open: from..<Swift.max(from, response.openUntilSeconds[row]))
  }
}
