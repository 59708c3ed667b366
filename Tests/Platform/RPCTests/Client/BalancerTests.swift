internal import RPC
internal import Telemetry
internal import TestSupport
import Testing

final class BalancerTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private var random = SeededGenerator(seed: 7)

  private func balancer(_ count: Int) -> Balancer {
    var balancer = Balancer()
    for id in 0..<count {
      balancer.add(id)
      balancer.setReady(id, true)
    }
    return balancer
  }

  /// One call after the other, each taking its replica's time; how many each replica got.
  private func shares(
    _ balancer: inout Balancer, calls: Int, count: Int, pauseMilliseconds: Int64 = 0,
    _ answer: (Int) -> (Balancer.Outcome, milliseconds: Int64)
  ) -> [Int] {
    var picked = Array(repeating: 0, count: count)
    for _ in 0..<calls {
      let id = balancer.pick(now, excluding: [], random: &random)!
      picked[id] += 1
      balancer.started(id)
      let (outcome, milliseconds) = answer(id)
      now = now.adding(milliseconds: milliseconds + pauseMilliseconds)
      balancer.finished(id, outcome, latencyNanoseconds: milliseconds * 1_000_000, now: now)
    }
    return picked
  }

  @Test func `equal replicas get equal shares`() {
    var balancer = balancer(4)
    let picked = shares(&balancer, calls: 4_000, count: 4) { _ in (.answered, 5) }
    #expect(picked.allSatisfy { (850...1_150).contains($0) }, "\(picked)")
  }

  @Test func `the one with fewer calls in flight is chosen of two`() {
    var balancer = balancer(2)
    balancer.started(0)
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: [], random: &random) == 1) }
  }

  @Test func `a replica that fails at once gets less than two per cent`() {
    var balancer = balancer(3)
    let picked = shares(&balancer, calls: 3_000, count: 3) { id in
      id == 1 ? (.failed, 0) : (.answered, 5)
    }
    #expect(picked[1] < 60, "\(picked)")
  }

  @Test func `a new replica gets its share beside fast ones that are never busy`() {
    var balancer = balancer(1)
    func share(_ calls: Int) -> Int {
      (0..<calls).count { _ in
        let id = balancer.pick(now, excluding: [], random: &random)!
        balancer.started(id)
        now = now.adding(milliseconds: 5)
        balancer.finished(id, .answered, latencyNanoseconds: 200_000, now: now)
        return id == 1
      }
    }
    #expect(share(500) == 0)
    balancer.add(1)
    balancer.setReady(1, true)
    let picked = share(1_000)
    #expect((400...600).contains(picked), "\(picked)")
  }

  @Test func `a slow replica is avoided and asked now and then`() {
    var balancer = balancer(3)
    let picked = shares(&balancer, calls: 6_000, count: 3) { id in (.answered, id == 2 ? 50 : 5) }
    #expect((1..<120).contains(picked[2]), "\(picked)")
  }

  @Test func `a single failure is no verdict for long`() {
    var balancer = balancer(2)
    _ = shares(&balancer, calls: 500, count: 2) { _ in (.answered, 5) }
    balancer.started(0)
    balancer.finished(0, .failed, latencyNanoseconds: 5_000_000, now: now)
    #expect(balancer.pick(now, excluding: [], random: &random) == 1)
    now = now.adding(milliseconds: 3_000)
    let picked = shares(&balancer, calls: 1_000, count: 2) { _ in (.answered, 5) }
    #expect(picked[0] > 400, "\(picked)")
  }

  @Test func `a replica that recovers gets its share again`() {
    var balancer = balancer(2)
    _ = shares(&balancer, calls: 200, count: 2) { id in id == 0 ? (.failed, 0) : (.answered, 5) }
    now = now.adding(milliseconds: 15_000)
    let picked = shares(&balancer, calls: 1_000, count: 2) { _ in (.answered, 5) }
    #expect(picked[0] > 400, "\(picked)")
  }

  @Test func `what is not ready, excluded or unknown is not picked`() {
    var balancer = balancer(3)
    balancer.setReady(0, false)
    balancer.setReady(9, true)
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: [1], random: &random) == 2) }
    #expect(balancer.pick(now, excluding: [1, 2], random: &random) == nil)
    #expect(!balancer.hasReady(excluding: [1, 2]))
    #expect(balancer.hasReady(excluding: [1]))
    balancer.remove(2)
    #expect(!balancer.isReady(2))
    #expect(balancer.pick(now, excluding: [1], random: &random) == nil)
    #expect(Balancer().pick(now, excluding: [], random: &random) == nil)
  }

  @Test func `a single replica is picked whatever it did`() {
    var balancer = balancer(1)
    let picked = shares(&balancer, calls: 50, count: 1) { _ in (.failed, 1) }
    #expect(picked == [50])
  }

  @Test func `a failing replica that comes back is still avoided`() {
    var balancer = balancer(2)
    for _ in 0..<5 {
      balancer.started(0)
      balancer.finished(0, .failed, latencyNanoseconds: 0, now: now)
    }
    balancer.setReady(0, false)
    balancer.setReady(0, true)
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: [], random: &random) == 1) }
  }

  @Test func `a call that its caller gave up says nothing`() {
    var balancer = balancer(2)
    balancer.started(0)
    balancer.finished(0, .abandoned, latencyNanoseconds: 60_000_000_000, now: now)
    let picked = shares(&balancer, calls: 1_000, count: 2) { _ in (.answered, 1) }
    #expect(picked[0] > 400, "\(picked)")
  }

  @Test func `one seed gives one history`() {
    func history() -> [Int?] {
      let balancer = balancer(5)
      var random = SeededGenerator(seed: 3)
      return (0..<100).map { _ in balancer.pick(now, excluding: [], random: &random) }
    }
    #expect(history() == history())
  }
}
