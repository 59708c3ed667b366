import JSON
import Telemetry
import Testing

@testable import Node

@Suite struct TracePageTests {
  private var rings: TraceRings {
    var rings = TraceRings(capacity: 50)
    for number in UInt64(1)...30 { rings.keep(SampleTraces.trace(number, reasons: .slow)) }
    rings.keep(SampleTraces.trace(31, reasons: [.degraded, .asked]))
    return rings
  }

  private func page(_ path: String, _ query: String = "") -> HTTPResponse {
    TracePage.answer(
      HTTPRequest(method: "GET", path: path, query: query, keepsAlive: true), rings,
      now: 1_750_000_060_000)
  }

  /// All are a minute old.
  @Test func `a time has those that began in it, and what else there is is counted`() throws {
    #expect(try ids("seconds=60&limit=100").count == 31)
    #expect(try ids("seconds=59").isEmpty)
    let json = try JSONValue(parsing: Array(page("/traces", "seconds=59&class=slow").body.utf8))
    #expect(json["kept"]?.number == "30" && json["keptInTime"]?.number == "0")
  }

  private func ids(_ query: String) throws -> [String] {
    let response = page("/traces", query)
    #expect(response.status == 200 && response.contentType == "application/json")
    let json = try JSONValue(parsing: Array(response.body.utf8))
    return (json["traces"]?.array ?? []).compactMap { $0["requestId"]?.string }
  }

  @Test func `the last twenty are listed, or as many as asked for`() throws {
    #expect(try ids("").count == 20)
    #expect(try ids("limit=25").count == 25)
    #expect(try ids("limit=1000").count == 31)
  }

  @Test func `a class has its own`() throws {
    #expect(try ids("class=degraded") == ["r31"])
    #expect(try ids("class=asked&limit=5&sort=slowest") == ["r31"])
    #expect(try ids("class=failed").isEmpty)
  }

  @Test func `a trace is found by its id and by the request's`() throws {
    for id in ["r7", TraceID(high: 0x0102, low: 7).description] {
      let response = page("/traces/\(id)")
      let trace = Trace(try JSONValue(parsing: Array(response.body.utf8)))
      #expect(trace == SampleTraces.trace(7))
    }
    #expect(page("/traces/none").status == 404)
  }

  @Test(arguments: [
    ("class=quick", "class is none of asked, failed, degraded, slow, sampled\n"),
    ("class", "class is none of asked, failed, degraded, slow, sampled\n"),
    ("sort=best", "sort is none of newest, slowest\n"), ("limit=0", "limit is not in 1...1000\n"),
    ("limit=1001", "limit is not in 1...1000\n"), ("limit=x", "limit is not in 1...1000\n"),
    ("seconds=0", "seconds is not in 1...10000000\n"),
    ("colour=red", "only class, sort, seconds and limit are understood\n"),
  ])
  func `what is not understood is told`(query: String, answer: String) {
    let response = page("/traces", query)
    #expect(response.status == 400 && response.body == answer)
  }
}
