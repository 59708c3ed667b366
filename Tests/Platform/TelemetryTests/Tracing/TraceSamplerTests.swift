import Telemetry
import TestSupport
import Testing

@Suite struct TraceSamplerTests {
  private func id(_ random: inout SeededGenerator) -> TraceID {
    TraceID(high: random.next(), low: random.next())
  }

  @Test(arguments: [UInt64(1), 2])
  func `the head keeps its share, by the id alone`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let sampler = TraceSampler(headRate: 0.1)
    let ids = (0..<20_000).map { _ in id(&random) }
    let kept = ids.filter { sampler.isSampled($0) }
    #expect((1_800...2_200).contains(kept.count), "seed \(seed): \(kept.count)")
    // Whoever has a greater rate keeps those as well.
    let more = TraceSampler(headRate: 0.5)
    #expect(kept.allSatisfy { more.isSampled($0) })
    #expect(ids.allSatisfy { TraceSampler(headRate: 1).isSampled($0) })
    #expect(!ids.contains { TraceSampler(headRate: 0).isSampled($0) })
  }

  @Test func `what failed, is degraded or was asked for is kept whatever chance says`() {
    var sampler = TraceSampler(headRate: 0)
    let id = TraceID(high: 1, low: 1)
    #expect(sampler.decide(.init(durationMicroseconds: 1), id) == [])
    #expect(sampler.decide(.init(durationMicroseconds: 1, isFailed: true), id) == .failed)
    #expect(sampler.decide(.init(durationMicroseconds: 1, isDegraded: true), id) == .degraded)
    #expect(
      sampler.decide(.init(durationMicroseconds: 1, isDegraded: true, isAsked: true), id)
        == [.asked, .degraded])
  }

  @Test(arguments: [UInt64(3), 4])
  func `about one of a hundred is slow, and what suddenly all is slow is slow at first`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var sampler = TraceSampler(headRate: 0)
    var slow = 0
    for _ in 0..<10_000 {
      let duration = UInt64.random(in: 1_000...10_000, using: &random)
      if sampler.decide(.init(durationMicroseconds: duration), id(&random)) == .slow { slow += 1 }
    }
    #expect((1...150).contains(slow), "seed \(seed): \(slow)")
    var slowOnes = 0
    for _ in 0..<10_000 {
      let kept = sampler.decide(.init(durationMicroseconds: 50_000), id(&random))
      if kept == .slow { slowOnes += 1 }
    }
    #expect((20...500).contains(slowOnes), "seed \(seed): \(slowOnes)")
  }

  @Test func `failures don't change what is slow`() {
    var sampler = TraceSampler(headRate: 0)
    let id = TraceID(high: 1, low: 1)
    for _ in 0..<1_000 { _ = sampler.decide(.init(durationMicroseconds: 5, isFailed: true), id) }
    #expect(sampler.slowMicroseconds == nil)
  }

  @Test func `one kept by chance stands for all that were not`() {
    let sampler = TraceSampler(headRate: 0.01)
    #expect(sampler.weight(.sampled) == 100)
    #expect(sampler.weight([.sampled, .slow]) == 1 && sampler.weight(.asked) == 1)
  }
}
