internal import Definitions
internal import Messages

/// The last good candidates of places, kept for when retrieval can't answer. Pure: the oldest place
/// goes when there are too many. What came from one user's own history is never kept, or it would
/// be shown to another.
struct CandidateCache: Sendable {
  /// Places kept: a large city at 2 km has a few hundred; each holds at most 200 candidates.
  static let placesMax = 1_024
  /// Side of a cell, in degrees of latitude: about 2.2 km.
  static let cellDegrees = 0.02

  struct Key: Hashable, Sendable {
    let latitude: Int
    let longitude: Int
    let radius: Double
    let categories: [String]
    let prices: [UInt32]
    let includeClosed: Bool

    init(_ question: RankQuestion) {
      latitude = Int((question.coordinate.latitude / CandidateCache.cellDegrees).rounded(.down))
      longitude = Int((question.coordinate.longitude / CandidateCache.cellDegrees).rounded(.down))
      radius = question.filters.radiusKilometres
      categories = question.filters.categories.sorted()
      prices = question.filters.prices.sorted()
      includeClosed = question.filters.includeClosed
    }
  }

  private let placesMax: Int
  private var places: [Key: (candidates: [Candidate], stamp: UInt64)] = [:]
  private var stamp: UInt64 = 0

  init(placesMax: Int = Self.placesMax) { self.placesMax = placesMax }

  var count: Int { places.count }

  /// O(1), but O(places) when the oldest has to go.
  mutating func keep(_ candidates: [Candidate], for key: Key) {
    let shared = candidates.filter(\.isOfPlace)
    guard !shared.isEmpty else { return }
    stamp += 1
    if places[key] == nil, places.count >= placesMax,
      let oldest = places.min(by: { $0.value.stamp < $1.value.stamp })
    {
      places[oldest.key] = nil
    }
    places[key] = (shared, stamp)
  }

  func candidates(for key: Key) -> [Candidate]? { places[key]?.candidates }
}
