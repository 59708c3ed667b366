import JSON
import Messages
import Testing

@testable import Gateway

@Suite struct GatewayHistoryTests {
  private typealias P = PageSamples

  private func json(_ steps: [ActivityBucket]) throws -> JSONValue {
    var json = JSONWriter()
    GatewayHistory(steps: steps[...], firstUnixMilliseconds: 5_000).write(to: &json)
    return try JSONValue(parsing: json.bytes)
  }

  private func step(_ responses: RankResponse...) -> ActivityBucket {
    responses.reduce(into: ActivityBucket()) { $0.record($1) }
  }

  @Test func `each figure is a column with a number for each step`() throws {
    var failing = step(P.response(), P.degraded())
    failing.failed = 2
    failing.turnedAway = 3
    failing.abandoned = 1
    let told = try json([step(P.response()), ActivityBucket(), failing])
    func column(_ name: String) -> [Int64?] { (told[name]?.array ?? []).map(\.int64) }
    #expect(column("answered") == [1, 0, 2] && column("degraded") == [0, 0, 1])
    #expect(column("failed") == [0, 0, 5] && column("other") == [0, 0, 1])
    #expect(column("p99Us").map { $0 != nil } == [true, false, true])
    #expect(told["firstUnixMs"]?.int64 == 5_000 && told["stepSeconds"]?.int64 == 5)
    let inference = try #require(told["hops"]?.array?.last)
    #expect(inference["calls"]?.array?.map(\.int64) == [1, 0, 1])
    #expect(inference["rungs"]?["lightModel"]?.array?.map(\.int64) == [0, 0, 1])
    #expect(inference["rungs"]?["popular"] == nil && inference["rungs"]?["primary"] == nil)
    #expect(told["models"]?["browse/1"]?.array?.map(\.int64) == [1, 0, 1])
  }

  @Test func `models of which few were used have no column`() throws {
    var step = ActivityBucket()
    for number in 0..<10 {
      for _ in 0..<(number + 1) { step.record(P.response(model: "m\(number)")) }
    }
    let told = try json([step])
    #expect(told["models"]?.object?.map(\.name) == ["m4", "m5", "m6", "m7", "m8", "m9"])
  }

  @Test func `a quarter of an hour with everything in it is below 64 KiB`() {
    var busy = ActivityBucket()
    for _ in 0..<1_000 {
      for rung in Rung.allCases {
        busy.record(
          P.response(
            HopKind.allCases.map { P.hop($0, rung, microseconds: 123_456_789) },
            microseconds: 987_654_321))
      }
    }
    var json = JSONWriter()
    let steps = [ActivityBucket](repeating: busy, count: ActivityHistory.stepsMax - 1)
    GatewayHistory(steps: steps[...], firstUnixMilliseconds: 0).write(to: &json)
    #expect(json.bytes.count < 64 << 10)
  }
}
