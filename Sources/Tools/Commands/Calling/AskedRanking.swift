internal import Definitions
internal import Messages
internal import Node
internal import RPC

/// A question to a gateway, as flags put it.
struct AskedRanking {
  let gateway: ReplicaSource
  let token: ClusterToken
  let user: String
  let place: Coordinate?
  let now: Int64
  let count: Int
  let radiusKilometres: Double
  let categories: [String]
  let prices: [UInt32]
  let includeClosed: Bool
  let requestID: String
  let forceArms: [String]
  let timeoutMilliseconds: Int

  init(reading settings: inout Settings) {
    gateway = settings.gateway()
    token = settings.clusterToken()
    user = settings.string("user", default: "", "id of the user; nobody known by default")
    place = settings.place("at", "where the user is; required")
    now = settings.now()
    count = settings.integer("count", default: 10, in: 1...200, unit: "items", "wanted")
    radiusKilometres = settings.number(
      "radius_km", default: 0, in: 0...100, unit: "kilometres", "0 leaves it to the gateway")
    categories = settings.strings("categories", default: [], "any of these")
    prices = settings.values(
      "prices", default: [], shown: { String($0) }, "any of these levels, 1 to 4"
    ) { text throws(SettingProblem) in
      guard let price = UInt32(text) else { throw SettingProblem("\"\(text)\" is no level") }
      return price
    }
    includeClosed = settings.flag("closed", default: false, "also what is closed then")
    requestID = settings.string(
      "request_id", default: "", "the same id again gets the same draw")
    forceArms = settings.strings(
      "force_arms", default: [],
      "EXPERIMENT=ARM,… to be ranked with, to try them; not counted, and not kept as served")
    timeoutMilliseconds = settings.integer(
      "timeout_ms", default: 1_000, in: 1...60_000, unit: "milliseconds", "to wait")
  }

  /// An earlier gateway takes the question for one without arms.
  func check(_ response: RankResponse) throws(CommandFailure) {
    guard forceArms.isEmpty || response.arms.contains(where: \.forced) else {
      throw CommandFailure("the gateway forces no arms: it is of an earlier version")
    }
  }

  func request() throws(CommandFailure) -> RankRequest {
    guard let place else { throw .usage("--at LAT,LON is required") }
    var filters = Filters()
    filters.radiusKilometres = radiusKilometres
    filters.categories = categories
    filters.prices = prices
    filters.includeClosed = includeClosed
    var request = RankRequest()
    request.requestID = requestID
    request.userID = user
    request.place = place.place
    request.nowMilliseconds = now
    request.count = UInt32(count)
    request.filters = filters
    request.forceArms = forceArms
    return request
  }
}

extension Message {
  /// As the HTTP port would write it.
  var prettyJSON: String {
    let schema = MessageSchema(types: [MessageType(Self.descriptor)])
    do {
      return try schema.decode(encoded(), as: Self.messageName, pretty: true)
    } catch {
      preconditionFailure("our own message has no JSON: \(error)")
    }
  }
}
