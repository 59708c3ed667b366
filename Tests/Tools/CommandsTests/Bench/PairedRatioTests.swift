import TestSupport
import Testing

@testable import Commands

struct PairedRatioTests {
  @Test func `the bounds are those of a sign test`() {
    // As tables of it have them, but for 20 pairs, where the normal approximation goes one further.
    for (count, low, high) in [(1, 1, 1), (5, 1, 5), (20, 5, 16), (60, 22, 39), (100, 40, 61)] {
      let ratio = PairedRatio((1...count).reversed().map(Double.init))
      #expect(ratio.median == Double(count + 1) / 2, "\(count)")
      #expect(ratio.low == Double(low) && ratio.high == Double(high), "\(count): \(ratio)")
    }
  }

  @Test func `the bounds hold what there is to find, nearly always`() {
    var random = SeededGenerator(seed: 1)
    let truth = 1.02
    let held = (0..<2_000).count { _ in
      // Far from normal: one pair in ten is disturbed, in either direction.
      let ratio = PairedRatio(
        (0..<40).map { _ in
          let noise = Double.random(in: -0.1...0.1, using: &random)
          return truth * (1 + (random.chance(10) ? 10 * noise : noise))
        })
      return ratio.low <= truth && truth <= ratio.high
    }
    #expect((1_860...2_000).contains(held), "\(held) of 2000")
  }
}
