internal import Definitions
internal import Messages
internal import RPC

/// A rank request that was checked: the defaults are filled in and every value is in its range.
struct RankQuestion: Sendable {
  static let countDefault: UInt32 = 20
  /// What a person scrolls through.
  static let countMax: UInt32 = 200
  static let identifierBytesMax = 128
  static let categoriesMax = 64
  /// There are four; one named again does no harm, but without end it would be kept with the place.
  static let pricesMax = 64
  static let radiusKilometresMax = 100.0
  /// As many as retrieval tells the fate of.
  static let explainedItemsMax = 16
  /// More than there are layers, so that who forces two of one layer is told so.
  static let forcedArmsMax = 16
  /// The year 2100; a later time is a mistake of units.
  static let nowMillisecondsMax: Int64 = 4_102_444_800_000

  let requestID: String
  let userID: String
  let coordinate: Coordinate
  /// The one time that everything about this request is read at.
  let nowMilliseconds: Int64
  let count: Int
  let filters: Filters
  /// Nil, as for all but a few: nothing is explained.
  let explain: Explain?
  /// `experiment=arm` each; whether there are such is not checked here.
  let forcedArms: [String]

  /// Throws INVALID_ARGUMENT that names the field.
  init(
    _ request: RankRequest, nowMilliseconds: Int64, makeID: () -> String
  ) throws(RPCError) {
    try Self.checkIdentifier("request_id", request.requestID)
    try Self.checkIdentifier("user_id", request.userID)
    guard let place = request.place else { throw .invalidArgument("place: required") }
    try Self.check("place.latitude", place.latitude, in: -90...90)
    try Self.check("place.longitude", place.longitude, in: -180...180)
    guard let coordinate = Coordinate(place) else { throw .invalidArgument("place: no place") }
    guard (0...Self.nowMillisecondsMax).contains(request.nowMilliseconds) else {
      throw .invalidArgument(
        "now_ms: \(request.nowMilliseconds) is not in 0...\(Self.nowMillisecondsMax)")
    }
    guard request.count <= Self.countMax else {
      throw .invalidArgument("count: \(request.count) is more than \(Self.countMax)")
    }
    let filters = request.filters ?? Filters()
    try Self.check(filters)
    if let explain = request.explain { try Self.check(explain) }
    guard request.forceArms.count <= Self.forcedArmsMax else {
      throw .invalidArgument(
        "force_arms: \(request.forceArms.count) are more than \(Self.forcedArmsMax)")
    }
    for arm in request.forceArms { try Self.checkIdentifier("force_arms", arm) }
    requestID = request.requestID.isEmpty ? makeID() : request.requestID
    userID = request.userID
    self.coordinate = coordinate
    self.nowMilliseconds =
      request.nowMilliseconds == 0 ? nowMilliseconds : request.nowMilliseconds
    count = Int(request.count == 0 ? Self.countDefault : request.count)
    self.filters = filters
    explain = request.explain
    forcedArms = request.forceArms
  }

  private static func check(_ filters: Filters) throws(RPCError) {
    try check("filters.radius_km", filters.radiusKilometres, in: 0...radiusKilometresMax)
    guard filters.categories.count <= categoriesMax else {
      throw .invalidArgument(
        "filters.categories: \(filters.categories.count) are more than \(categoriesMax)")
    }
    for category in filters.categories { try checkIdentifier("filters.categories", category) }
    guard filters.prices.count <= pricesMax else {
      throw .invalidArgument("filters.prices: \(filters.prices.count) are more than \(pricesMax)")
    }
    for price in filters.prices where !(1...4).contains(price) {
      throw .invalidArgument("filters.prices: \(price) is not in 1...4")
    }
  }

  private static func check(_ explain: Explain) throws(RPCError) {
    guard explain.candidates <= countMax else {
      throw .invalidArgument("explain.candidates: \(explain.candidates) is more than \(countMax)")
    }
    guard explain.itemIDs.count <= explainedItemsMax else {
      throw .invalidArgument(
        "explain.item_ids: \(explain.itemIDs.count) are more than \(explainedItemsMax)")
    }
    for id in explain.itemIDs { try checkIdentifier("explain.item_ids", id) }
  }

  private static func check(
    _ field: String, _ value: Double, in range: ClosedRange<Double>
  ) throws(RPCError) {
    guard range.contains(value) else {
      throw .invalidArgument(
        "\(field): \(value) is not in \(range.lowerBound)...\(range.upperBound)")
    }
  }

  private static func checkIdentifier(_ field: String, _ value: String) throws(RPCError) {
    guard value.utf8.count <= identifierBytesMax else {
      throw .invalidArgument(
        "\(field): \(value.utf8.count) bytes are more than \(identifierBytesMax)")
    }
  }
}
