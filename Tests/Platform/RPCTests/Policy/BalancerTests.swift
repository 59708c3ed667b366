internal import RPC
internal import Telemetry
import Testing

final class BalancerTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private var random = PolicyRandom(seed: 7)

  private func balancer(_ count: Int) -> Balancer {
    var balancer = Balancer()
    for id in 0..<count {
      balancer.add(id)
      balancer.setStanding(id, .ready, now)
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
      let id = balancer.pick(now, excluding: .these(), random: &random)!
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
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: .these(), random: &random) == 1) }
  }

  @Test func `a replica that fails at once gets less than two per cent`() {
    var balancer = balancer(3)
    let picked = shares(&balancer, calls: 3_000, count: 3) { id in
      id == 1 ? (.failed, 0) : (.answered, 5)
    }
    #expect(picked[1] < 60, "\(picked)")
  }

  @Test func `a new replica gets little at first and its share beside fast ones in the end`() {
    var balancer = balancer(1)
    func share(_ calls: Int) -> Int {
      (0..<calls).count { _ in
        let id = balancer.pick(now, excluding: .these(), random: &random)!
        balancer.started(id)
        now = now.adding(milliseconds: 5)
        balancer.finished(id, .answered, latencyNanoseconds: 200_000, now: now)
        return id == 1
      }
    }
    #expect(share(2_000) == 0)
    balancer.add(1)
    balancer.setStanding(1, .ready, now)
    let first = share(200)
    #expect((1...30).contains(first), "\(first)")
    _ = share(1_000)
    let late = share(1_000)
    #expect((400...600).contains(late), "\(late)")
  }

  @Test func `a connection that is back at once is no new replica`() {
    var balancer = balancer(2)
    _ = shares(&balancer, calls: 2_000, count: 2) { _ in (.answered, 5) }
    balancer.setStanding(1, .out, now)
    now = now.adding(milliseconds: 100)
    balancer.setStanding(1, .ready, now)
    let picked = shares(&balancer, calls: 200, count: 2) { _ in (.answered, 5) }
    #expect(picked[1] > 70, "\(picked)")
  }

  @Test func `what a replica says of other callers' calls counts as own ones do`() {
    var balancer = balancer(2)
    for id in 0..<2 {
      for _ in 0..<20 {
        balancer.started(id)
        let load = ReplicaLoad(inFlight: id == 0 ? 30 : 1, permille: 0)
        balancer.finished(id, .answered, latencyNanoseconds: 5_000_000, load: load, now: now)
      }
    }
    func picks() -> Int {
      (0..<200).count { _ in balancer.pick(now, excluding: .these(), random: &random) == 1 }
    }
    #expect(picks() == 200)
    now = now.adding(milliseconds: 1_100)
    #expect((50...150).contains(picks()), "a report that is too old to count")
  }

  @Test func `a busy processor counts`() {
    var balancer = balancer(2)
    for id in 0..<2 {
      for _ in 0..<40 {
        balancer.started(id)
        let load = ReplicaLoad(inFlight: 1, permille: id == 0 ? 1_000 : 100)
        balancer.finished(id, .answered, latencyNanoseconds: 5_000_000, load: load, now: now)
      }
    }
    for _ in 0..<50 {
      #expect(balancer.pick(now, excluding: .these(), random: &random) == 1)
    }
    #expect(ReplicaLoad(inFlight: .max, permille: .max).permille == .max)
    balancer.finished(
      0, .answered, latencyNanoseconds: .max, load: ReplicaLoad(inFlight: .max, permille: .max),
      now: now)
    #expect(balancer.pick(now, excluding: .these(), random: &random) == 1)
  }

  @Test func `the ejected are asked when nobody else is left, then those that are coming`() {
    var balancer = balancer(3)
    balancer.setStanding(1, .ejected, now)
    balancer.setStanding(2, .opening, now)
    for _ in 0..<20 {
      #expect(balancer.pick(now, excluding: .these(), random: &random) == 0)
      #expect(balancer.pick(now, excluding: .these(0), random: &random) == 1)
      #expect(balancer.pick(now, excluding: .these(0, 1), random: &random) == 2)
    }
    #expect(!balancer.hasReady(excluding: .these(0)))
    #expect(balancer.mayServe(excluding: .these(0, 1)))
    #expect(!balancer.mayServe(excluding: .these(0, 1, 2)))
    #expect(balancer.count(.ready) == 1 && balancer.count(.ejected) == 1)
  }

  @Test func `a refusal is forgiven sooner than a failure`() {
    func share(_ outcome: Balancer.Outcome) -> Int {
      var balancer = balancer(2)
      _ = shares(&balancer, calls: 500, count: 2) { _ in (.answered, 5) }
      for _ in 0..<8 {
        balancer.started(0)
        balancer.finished(0, outcome, latencyNanoseconds: 100_000, now: now)
      }
      #expect(balancer.pick(now, excluding: .these(), random: &random) == 1)
      now = now.adding(milliseconds: 2_500)
      return shares(&balancer, calls: 100, count: 2) { _ in (.answered, 5) }[0]
    }
    #expect(share(.refused) > 25)
    #expect(share(.failed) < 10)
  }

  @Test func `who came out of an overload last is not shunned for it`() {
    var balancer = balancer(3)
    for id in 0..<3 {
      for _ in 0..<200 {
        balancer.started(id)
        balancer.finished(id, .answered, latencyNanoseconds: 50_000_000, now: now)
      }
    }
    // The other two are asked again when all is well, and the third has not been asked since.
    for _ in 0..<300 {
      for id in 0..<2 {
        balancer.started(id)
        balancer.finished(id, .answered, latencyNanoseconds: 2_000_000, now: now)
      }
    }
    let picked = shares(&balancer, calls: 300, count: 3) { _ in (.answered, 2) }
    #expect(picked[2] > 50, "\(picked)")
  }

  @Test func `membership can change in any order`() {
    var balancer = balancer(0)
    var members: Set<Int> = []
    for step in 0..<2_000 {
      let id = random.index(below: 30)
      if random.unit() < 0.4 {
        balancer.remove(id)
        members.remove(id)
      } else {
        balancer.add(id)
        balancer.setStanding(id, .ready, now)
        members.insert(id)
      }
      let picked = balancer.pick(now, excluding: .these(), random: &random)
      #expect(picked.map(members.contains) ?? members.isEmpty, "step \(step)")
      #expect(balancer.count(.ready) == members.count, "step \(step)")
    }
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
    #expect(balancer.pick(now, excluding: .these(), random: &random) == 1)
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
    balancer.setStanding(0, .out, now)
    balancer.setStanding(9, .ready, now)
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: .these(1), random: &random) == 2) }
    #expect(balancer.pick(now, excluding: .these(1, 2), random: &random) == nil)
    #expect(!balancer.hasReady(excluding: .these(1, 2)))
    #expect(balancer.hasReady(excluding: .these(1)))
    balancer.remove(2)
    #expect(balancer.standing(2) == nil)
    #expect(balancer.pick(now, excluding: .these(1), random: &random) == nil)
    var empty = Balancer()
    #expect(empty.pick(now, excluding: .these(), random: &random) == nil)
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
    balancer.setStanding(0, .out, now)
    balancer.setStanding(0, .ready, now)
    for _ in 0..<50 { #expect(balancer.pick(now, excluding: .these(), random: &random) == 1) }
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
      var balancer = balancer(5)
      var random = PolicyRandom(seed: 3)
      return (0..<100).map { _ in balancer.pick(now, excluding: .these(), random: &random) }
    }
    #expect(history() == history())
  }
}

extension TriedReplicas {
  static func these(_ ids: Int...) -> TriedReplicas {
    var tried = TriedReplicas()
    for id in ids { tried.insert(id) }
    return tried
  }
}
