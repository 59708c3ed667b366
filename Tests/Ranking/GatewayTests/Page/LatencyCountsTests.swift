import TestSupport
import Testing

@testable import Gateway

@Suite struct LatencyCountsTests {
  @Test func `quantiles are within an eighth of what was recorded`() throws {
    var random = SeededGenerator(seed: 20_261_101)
    var counts = LatencyCounts()
    var values: [UInt64] = []
    for _ in 0..<5_000 {
      let most = UInt64(1) << UInt64(Int.random(in: 5...23, using: &random))
      let value = UInt64.random(in: 0...most, using: &random)
      values.append(value)
      counts.record(microseconds: value)
    }
    values.sort()
    for q in [0.01, 0.5, 0.95, 0.99] {
      let exact = Double(values[Int(q * 5_000) - 1])
      let told = try #require(counts.quantile(q))
      #expect(abs(told - exact) <= max(16, exact / 8), "q \(q): \(told) for \(exact)")
    }
  }

  @Test func `nothing recorded has no quantile, and takes no memory`() {
    var counts = LatencyCounts()
    #expect(counts.quantile(0.5) == nil && counts == LatencyCounts())
    counts.add(LatencyCounts())
    #expect(counts == LatencyCounts())
  }

  @Test func `sums are as if all had been recorded in one`() {
    var (one, other, both) = (LatencyCounts(), LatencyCounts(), LatencyCounts())
    for value in stride(from: UInt64(1), to: 9_000, by: 7) {
      if value % 2 == 0 {
        one.record(microseconds: value)
      } else {
        other.record(microseconds: value)
      }
      both.record(microseconds: value)
    }
    one.add(other)
    #expect(one == both)
  }

  @Test(arguments: [0, 15, 16, 17, 1 << 24, UInt64.max])
  func `any duration has a bucket`(microseconds: UInt64) throws {
    var counts = LatencyCounts()
    counts.record(microseconds: microseconds)
    let told = try #require(counts.quantile(0.5))
    #expect(told <= Double(1 << 24) && told <= max(18, Double(microseconds) * 1.13))
  }
}
