internal import RPC
internal import TestSupport
import Testing

struct ConnectionAgeTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `ages are all over the range from a fifth less to a fifth more, and nowhere else`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var tenths = Array(repeating: 0, count: 10)
    for _ in 0..<10_000 {
      let age = ConnectionAge.milliseconds(mean: 600_000, random: &random)
      guard (480_000...720_000).contains(age) else {
        Issue.record("seed \(seed): \(age)")
        return
      }
      tenths[min(9, Int(age - 480_000) / 24_000)] += 1
    }
    // Of 1,000 in each the standard deviation is 30.
    #expect(tenths.allSatisfy { (800...1_200).contains($0) }, "seed \(seed): \(tenths)")
  }

  @Test func `the ends of the range are ages too`() {
    var random = SeededGenerator(seed: 1)
    let ages = Set((0..<1_000).map { _ in ConnectionAge.milliseconds(mean: 10, random: &random) })
    #expect(ages == [8, 9, 10, 11, 12])
  }

  @Test func `a mean of never and one of nothing are no trap`() {
    var random = SeededGenerator(seed: 2)
    #expect(ConnectionAge.milliseconds(mean: .max, random: &random) >= .max / 5 * 4)
    #expect(ConnectionAge.milliseconds(mean: 0, random: &random) == 0)
    #expect(ConnectionAge.milliseconds(mean: -5, random: &random) == 0)
  }
}
