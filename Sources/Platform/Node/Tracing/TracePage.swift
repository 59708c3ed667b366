internal import JSON
internal import Telemetry

/// `/traces` and `/traces/ID` of the admin port. Pure.
enum TracePage {
  /// Traces in one answer: about four megabytes.
  static let limitMax = 1_000
  private static let limitDefault = 20
  private static let secondsMax = 10_000_000

  /// - Parameter now: Unix milliseconds.
  static func answer(
    _ request: HTTPRequest, _ rings: TraceRings, now: Int64
  ) -> HTTPResponse {
    let id = request.path.dropFirst("/traces".count).drop { $0 == "/" }
    guard id.isEmpty else { return one(String(id), rings) }
    var (kind, order, limit): (TraceClass?, TraceRings.Order, Int) = (nil, .newest, limitDefault)
    var since = Int64.min
    for item in request.query.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? String(parts[1]) : ""
      switch parts[0] {
      case "class":
        guard let known = TraceClass(rawValue: value) else {
          return refused("class", TraceClass.allCases.map(\.rawValue))
        }
        kind = known
      case "sort":
        guard let known = TraceRings.Order(rawValue: value) else {
          return refused("sort", TraceRings.Order.allCases.map(\.rawValue))
        }
        order = known
      case "limit":
        guard let known = Int(value), (1...limitMax).contains(known) else {
          return HTTPResponse(status: 400, body: "limit is not in 1...\(limitMax)\n")
        }
        limit = known
      case "seconds":
        guard let known = Int(value), (1...secondsMax).contains(known) else {
          return HTTPResponse(status: 400, body: "seconds is not in 1...\(secondsMax)\n")
        }
        since = (now - Int64(known) * 1_000) * 1_000_000
      default:
        return HTTPResponse(
          status: 400, body: "only class, sort, seconds and limit are understood\n")
      }
    }
    var json = JSONWriter()
    json.object { json in
      json.member("capacity", rings.capacity)
      json.member("kept", rings.count(kind))
      json.member("keptInTime", rings.count(kind, since: since))
      json.key("traces")
      json.array { json in
        for trace in rings.list(kind, order, since: since, limit: limit) { trace.write(to: &json) }
      }
    }
    return HTTPResponse(
      status: 200, contentType: "application/json", body: json.string + "\n")
  }

  private static func refused(_ name: String, _ known: [String]) -> HTTPResponse {
    HTTPResponse(
      status: 400, body: "\(name) is none of \(known.joined(separator: ", "))\n")
  }

  private static func one(_ id: String, _ rings: TraceRings) -> HTTPResponse {
    guard let trace = rings.find(id) else {
      return HTTPResponse(status: 404, body: "no trace or request of that id is kept\n")
    }
    var json = JSONWriter()
    trace.write(to: &json)
    return HTTPResponse(
      status: 200, contentType: "application/json", body: json.string + "\n")
  }
}
