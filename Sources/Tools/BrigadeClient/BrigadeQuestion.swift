internal import Messages

/// What is asked: who, where, when, and what may be shown.
public struct BrigadeQuestion: Equatable, Sendable {
  /// Empty: nobody that the cluster knows.
  public var userID: String
  /// Degrees, −90 to 90.
  public var latitude: Double
  /// Degrees, −180 to 180.
  public var longitude: Double
  /// Unix milliseconds that the answer is as of; nil: the gateway's clock.
  public var nowMilliseconds: Int64?
  /// Items wanted, 1 to 200; nil: the gateway's default.
  public var count: Int?
  /// Nil: the gateway's default.
  public var radiusKilometres: Double?
  /// Any of these; empty: all.
  public var categories: [String] = []
  /// Any of these levels, 1 cheap to 4 dear; empty: all.
  public var prices: [Int] = []
  /// Also what is closed at that time.
  public var includesClosed = false
  /// The same id again gets the same answer's draw, and is logged once; empty: the gateway makes one.
  public var requestID = ""
  /// Arms by their experiments, to try them: such an answer is neither counted nor kept as served.
  public var forcedArms: [String: String] = [:]

  public init(
    userID: String = "", latitude: Double, longitude: Double, nowMilliseconds: Int64? = nil,
    count: Int? = nil
  ) {
    self.userID = userID
    self.latitude = latitude
    self.longitude = longitude
    self.nowMilliseconds = nowMilliseconds
    self.count = count
  }

  var request: RankRequest {
    var request = RankRequest()
    request.requestID = requestID
    request.userID = userID
    request.place = Place(latitude: latitude, longitude: longitude)
    request.nowMilliseconds = nowMilliseconds ?? 0
    request.count = UInt32(clamping: count ?? 0)
    var filters = Filters()
    filters.radiusKilometres = radiusKilometres ?? 0
    filters.categories = categories
    filters.prices = prices.map { UInt32(clamping: $0) }
    filters.includeClosed = includesClosed
    request.filters = filters
    request.forceArms = forcedArms.map { "\($0.key)=\($0.value)" }.sorted()
    return request
  }
}

extension Place {
  init(latitude: Double, longitude: Double) {
    self.init()
    self.latitude = latitude
    self.longitude = longitude
  }
}
