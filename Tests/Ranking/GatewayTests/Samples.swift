import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Storage
import Telemetry
import TestSupport

@testable import Gateway

/// A place, a time and candidates for the tests to start from.
enum Samples {
  static let place = Coordinate(latitude: 40.75, longitude: -73.98)
  /// A Monday noon, UTC.
  static let now: Int64 = 1_700_481_600_000
  static var nowSeconds: Int64 { now / 1_000 }

  static var request: RankRequest {
    var request = RankRequest()
    request.requestID = "request"
    request.userID = "ann"
    request.place = place.place
    request.nowMilliseconds = now
    request.count = 5
    return request
  }

  static func question(_ change: (inout RankRequest) -> Void = { _ in }) throws -> RankQuestion {
    var request = request
    change(&request)
    return try RankQuestion(request, nowMilliseconds: now) { "made" }
  }

  static func candidate(
    _ index: Int, category: String = "", north: Double? = nil, sources: UInt32 = 1
  ) -> Candidate {
    let distance = north ?? Double(index) * 0.001
    let coordinate = Coordinate(latitude: place.latitude + distance, longitude: place.longitude)
    return Candidate(
      key: itemKey("c\(index)"), id: "c\(index)", name: "Candidate \(index)",
      coordinate: coordinate, distanceKilometres: place.distanceKilometres(to: coordinate),
      popularity: 0, price: 2, rating: 4, category: category, sources: sources,
      open: nowSeconds - 3_600..<nowSeconds + 3_600)
  }

  /// Columns of `count` candidates, nearest first; the sixth is by far the most popular.
  static func search(_ count: Int) -> SearchResponse {
    var response = SearchResponse()
    for index in 0..<count {
      let candidate = candidate(index)
      response.keys.append(candidate.key)
      response.ids.append(candidate.id)
      response.names.append(candidate.name)
      response.distancesKilometres.append(Float(candidate.distanceKilometres))
      response.popularities.append(index == 5 ? 1e6 : 0)
      response.prices.append(2)
      response.ratings.append(4)
      response.scores.append(Float(-index))
      response.categories.append(UInt32(index))
      response.categoryNames.append("category \(index)")
      response.sources.append(1)
      response.openFromSeconds.append(candidate.open.lowerBound)
      response.openUntilSeconds.append(candidate.open.upperBound)
      response.latitudes.append(Float(candidate.coordinate.latitude))
      response.longitudes.append(Float(candidate.coordinate.longitude))
    }
    return response
  }

  static func item(
    _ id: String, north: Double = 0, hours: ClosedRange<UInt32>? = nil,
    _ change: (inout Item) -> Void = { _ in }
  ) -> CatalogueRecord {
    var item = Item()
    item.id = id
    item.name = id
    item.place =
      Coordinate(latitude: place.latitude + north, longitude: place.longitude).place
    item.categories = ["pizza"]
    item.price = 2
    item.rating = 4
    if let hours {
      var interval = OpenInterval()
      interval.fromMinute = hours.lowerBound
      interval.toMinute = hours.upperBound
      item.hours = [interval]
    }
    change(&item)
    return .item(item)
  }

  static func event(_ id: String, _ change: (inout Event) -> Void = { _ in }) -> Event {
    var event = Event()
    event.id = id
    event.kind = .click
    event.timeMilliseconds = now
    event.userID = "ann"
    event.itemID = "c1"
    change(&event)
    return event
  }

  static func append(_ ids: String...) -> AppendRequest {
    var request = AppendRequest()
    request.events = ids.map { event($0) }
    return request
  }

  /// Leaves a spool as a gateway does that was killed.
  static func spool(_ requests: [AppendRequest], in path: String) throws {
    let store = try SpoolStore(path: path, bytesMax: 1 << 30)
    for request in requests {
      guard case .written = store.append(request.encoded(), nowMilliseconds: now) else {
        throw DataError(source: path, reason: "can't be written")
      }
    }
  }

  /// The records of all segments of a spool; of those numbered below a hundred, as in a test all are.
  static func spooled(in path: String) throws -> [AppendRequest] {
    var requests: [AppendRequest] = []
    for number in 1..<100 as Range<UInt64> {
      let name = "\(path)/\(SpoolCursor.padded(number)).spool"
      guard (try? DiskFile.read(name, limitBytes: 1 << 30)) != nil else { continue }
      _ = try RecordReader(path: name, kind: SpoolFolder.kind).forEach {
        requests.append(try AppendRequest(decoding: Array($0)))
      }
    }
    return requests
  }

  static func metric(_ series: String, _ metrics: MetricsRegistry) -> String? {
    metrics.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .map { String($0.dropFirst(series.count + 1)) }
  }

  static func write(
    _ records: [CatalogueRecord], to path: String, kind: String = Catalogue.popularKind
  ) throws {
    let writer = try RecordWriter(creating: path, kind: kind)
    for record in records { try writer.append(record.encoded()) }
    try writer.finish()
  }
}
