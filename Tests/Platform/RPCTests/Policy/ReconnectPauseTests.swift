internal import RPC
internal import Telemetry
internal import TestSupport
import Testing

final class ReconnectPauseTests {
  private var now = Instant(nanoseconds: 1_000_000_000)

  /// Pauses one after the other, each waited for.
  private func pauses(
    _ pause: inout ReconnectPause, _ count: Int, isInNeed: Bool = false,
    _ random: inout SeededGenerator
  ) -> [Int64] {
    (0..<count).map { _ in
      let next = pause.next(now, isInNeed: isInNeed, random: &random)
      now = now.adding(milliseconds: next)
      return next
    }
  }

  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func `the longest pause doubles from 20 ms to a second, and half of it is chance`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var pause = ReconnectPause()
    let longest: [Int64] = [20, 40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000]
    for (pause, longest) in zip(pauses(&pause, 12, &random), longest) {
      #expect((longest / 2...longest).contains(pause), "seed \(seed): \(pause) of \(longest)")
    }
    #expect(pause.failures == 12)
  }

  @Test func `callers that lost a replica together come back spread over half of the pause`() {
    var random = SeededGenerator(seed: 7)
    var tenths = Array(repeating: 0, count: 10)
    for _ in 0..<5_000 {
      var pause = ReconnectPause()
      let last = pauses(&pause, 8, &random)[7]
      tenths[min(9, Int(last - 500) / 50)] += 1
    }
    #expect(tenths.allSatisfy { (350...650).contains($0) }, "\(tenths)")
  }

  @Test func `after thousands of failures a pause is still a second at most`() {
    var random = SeededGenerator(seed: 8)
    var pause = ReconnectPause()
    #expect(pauses(&pause, 5_000, &random).allSatisfy { (10...1_000).contains($0) })
  }

  @Test func `while nobody can be asked no pause is longer than a tenth of a second`() {
    var random = SeededGenerator(seed: 9)
    var pause = ReconnectPause()
    let inNeed = pauses(&pause, 50, isInNeed: true, &random)
    #expect(inNeed.allSatisfy { (10...100).contains($0) } && inNeed.contains { $0 > 80 })
    #expect(pauses(&pause, 1, &random)[0] >= 500, "the growth went on")
    for _ in 0..<200 {
      #expect((50...100).contains(ReconnectPause.hurried(random: &random)))
    }
  }

  @Test func `a connection that lasted for a second ends the growth, and one that did not doesn't`()
  {
    var random = SeededGenerator(seed: 10)
    var pause = ReconnectPause()
    _ = pauses(&pause, 9, &random)
    pause.opened(now)
    now = now.adding(milliseconds: 1_000)
    #expect(pauses(&pause, 1, &random)[0] >= 500)
    // The time of an earlier one is no one's.
    now = now.adding(milliseconds: 60_000)
    #expect(pauses(&pause, 1, &random)[0] >= 500)
    pause.opened(now)
    now = now.adding(milliseconds: 1_001)
    #expect(pauses(&pause, 1, &random)[0] <= 20)
    #expect(pause.failures == 1)
  }
}
