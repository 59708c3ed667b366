import Glibc
import Telemetry
import TestSupport
import Testing

@Suite struct TraceSamplerTests {
  private func chance(_ random: inout SeededGenerator) -> Randomness {
    Randomness(of: TraceID(high: random.next(), low: random.next()))
  }

  /// A quarter is kept of what OpenTelemetry's samplers keep a quarter of, and no other.
  @Test(arguments: [
    (0.25, UInt64(0xC0_0000_0000_0000)), (0.5, 0x80_0000_0000_0000), (1, 0),
    (0.1, 0xE6_6666_6666_6668), (0, 0x100_0000_0000_0000),
  ])
  func `randomness at the threshold or above is kept, as others decide`(
    rate: Double, threshold: UInt64
  ) {
    let sampler = TraceSampler(headRate: rate)
    #expect(sampler.threshold == threshold)
    func isSampled(_ low: UInt64) -> Bool {
      // What stands before the last 56 bits is no chance.
      sampler.isSampled(Randomness(of: TraceID(high: .max, low: 0xAB << 56 | low)))
    }
    let last: UInt64 = 0xFF_FFFF_FFFF_FFFF
    #expect(isSampled(last) == (rate > 0))
    #expect(threshold > last || isSampled(threshold))
    #expect(threshold == 0 || !isSampled(threshold - 1))
  }

  @Test(arguments: [UInt64(1), 2])
  func `the head keeps its share, by the id alone`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let sampler = TraceSampler(headRate: 0.1)
    let ids = (0..<20_000).map { _ in chance(&random) }
    let kept = ids.filter { sampler.isSampled($0) }
    #expect((1_900...2_100).contains(kept.count), "seed \(seed): \(kept.count)")
    // Whoever has a greater rate keeps those as well.
    let more = TraceSampler(headRate: 0.5)
    #expect(kept.allSatisfy { more.isSampled($0) })
    #expect(ids.allSatisfy { TraceSampler(headRate: 1).isSampled($0) })
    #expect(!ids.contains { TraceSampler(headRate: 0).isSampled($0) })
  }

  @Test func `what failed, is degraded or was asked for is kept whatever chance says`() {
    var sampler = TraceSampler(headRate: 0)
    #expect(sampler.decide(.init(durationMicroseconds: 1)) == [])
    #expect(sampler.decide(.init(durationMicroseconds: 1, isFailed: true)) == .failed)
    #expect(sampler.decide(.init(durationMicroseconds: 1, isDegraded: true)) == .degraded)
    #expect(sampler.decide(.init(durationMicroseconds: 1, isSampled: true)) == .sampled)
    #expect(
      sampler.decide(.init(durationMicroseconds: 1, isDegraded: true, isAsked: true))
        == [.asked, .degraded])
  }

  /// From a millisecond to a second, each power of ten as often: what counts there is the rank of a
  /// duration, and not the 1.6 % by which the quantile may be too high.
  @Test(arguments: [UInt64(3), 4])
  func `about one of a hundred is slow, and what suddenly all is slow is slow at first`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var sampler = TraceSampler(headRate: 0)
    var slow = 0
    for _ in 0..<10_000 {
      let bits = Double.random(in: 10...20, using: &random)
      let duration = UInt64(exp2(bits))
      if sampler.decide(.init(durationMicroseconds: duration)) == .slow { slow += 1 }
    }
    #expect((70...130).contains(slow), "seed \(seed): \(slow)")
    // One of a hundred of those before and of these: at least 100, and some until that is looked at.
    var slowOnes = 0
    for _ in 0..<10_000 {
      if sampler.decide(.init(durationMicroseconds: 5_000_000)) == .slow { slowOnes += 1 }
    }
    #expect((50...356).contains(slowOnes), "seed \(seed): \(slowOnes)")
  }

  @Test func `a single slow one among quick ones is kept, once enough have been seen`() {
    var sampler = TraceSampler(headRate: 0)
    #expect(sampler.decide(.init(durationMicroseconds: 50_000)) == [])
    for _ in 0..<250 { #expect(sampler.decide(.init(durationMicroseconds: 1_000)) == []) }
    #expect(sampler.decide(.init(durationMicroseconds: 50_000)) == .slow)
    #expect(sampler.decide(.init(durationMicroseconds: 1_000)) == [])
  }

  @Test func `failures don't change what is slow`() {
    var sampler = TraceSampler(headRate: 0)
    for _ in 0..<1_000 { _ = sampler.decide(.init(durationMicroseconds: 5, isFailed: true)) }
    #expect(sampler.slowMicroseconds == nil)
  }

  @Test func `one kept by chance stands for all that were not`() {
    let sampler = TraceSampler(headRate: 0.01)
    #expect(sampler.weight(.sampled) == 100)
    #expect(sampler.weight([.sampled, .slow]) == 1 && sampler.weight(.asked) == 1)
  }
}
