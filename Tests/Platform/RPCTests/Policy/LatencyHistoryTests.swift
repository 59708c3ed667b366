internal import RPC
internal import Telemetry
import Testing

struct LatencyHistoryTests {
  private let start = Instant(nanoseconds: 9_000_000_000)

  @Test func `a quantile is at most a ninth above what was recorded`() throws {
    var random = PolicyRandom(seed: 2)
    for _ in 0..<200 {
      let value = Int64(random.index(below: 1 << 34)) + 1_100
      var history = LatencyHistory()
      history.record(nanoseconds: value, start)
      let found = try #require(history.quantile(0.95))
      #expect(found > value && Double(found) <= Double(value) * 1.126, "\(value): \(found)")
    }
  }

  @Test func `the quantile is where so many are below it`() throws {
    var history = LatencyHistory()
    for millisecond in 1...100 {
      history.record(nanoseconds: Int64(millisecond) * 1_000_000, start)
    }
    let p95 = try #require(history.quantile(0.95))
    #expect((95_000_000...107_000_000).contains(p95), "\(p95)")
    #expect(history.total == 100)
  }

  @Test func `older answers count for less and less`() throws {
    var history = LatencyHistory()
    for _ in 0..<1_000 { history.record(nanoseconds: 100_000_000, start) }
    let later = start.adding(nanoseconds: LatencyHistory.halfLifeNanoseconds * 8)
    for _ in 0..<100 { history.record(nanoseconds: 1_000_000, later) }
    let p95 = try #require(history.quantile(0.95))
    #expect(p95 < 2_000_000, "\(p95)")
    #expect(history.total < 110)
  }

  @Test func `anything can be recorded`() {
    var history = LatencyHistory()
    for value in [Int64.min, -1, 0, 1, .max] { history.record(nanoseconds: value, start) }
    #expect(history.total == 5)
    #expect(history.quantile(1) ?? 0 > 60_000_000_000)
    #expect(LatencyHistory().quantile(0.5) == nil)
  }
}
