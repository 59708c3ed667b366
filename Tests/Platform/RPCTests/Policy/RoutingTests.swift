internal import Telemetry
import Testing

@testable internal import RPC

final class RoutingTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)

  private func routing(_ replicas: Int) -> Routing {
    var routing = Routing(seed: 9, now: now)
    for id in 0..<replicas {
      routing.add(id)
      routing.setConnection(id, .open, now)
    }
    return routing
  }

  private func ask(
    _ routing: inout Routing, _ safety: Safety = .pure, requires: UInt64 = 0, failing: Set<Int>
  ) -> Int? {
    let tried = TriedReplicas(requires: requires)
    guard
      let id = routing.pick(
        "m", now, excluding: tried, safety)
    else {
      return nil
    }
    routing.started(id)
    now = now.adding(milliseconds: 5)
    routing.finished(
      id, failing.contains(id) ? .failed : .answered, latencyNanoseconds: 5_000_000, load: nil,
      now: now)
    return id
  }

  @Test func `who is ejected is asked by probes alone, and by everybody once it is back`() {
    var routing = routing(4)
    for _ in 0..<2_000 where routing.counts.ejections == 0 { _ = ask(&routing, failing: [2]) }
    #expect(routing.ejection.isOut(2) && routing.balancer.standing(2) == .ejected)
    now = now.adding(milliseconds: 20_000)
    for _ in 0..<200 { #expect(ask(&routing, .once, failing: []) != 2) }
    for _ in 0..<3 { #expect(ask(&routing, failing: []) == 2) }
    #expect(routing.counts.readmissions == 1 && routing.balancer.standing(2) == .ready)
    #expect(routing.counts.probes == 3)
    #expect((0..<5_000).contains { _ in ask(&routing, failing: []) == 2 })
  }

  @Test func `where all calls must run once one of them is a probe after the longest time out`() {
    var routing = routing(4)
    for _ in 0..<2_000 where routing.counts.ejections == 0 {
      _ = ask(&routing, .once, failing: [2])
    }
    now = now.adding(milliseconds: 32_000)
    #expect(ask(&routing, .once, failing: [2]) == 2, "overdue")
    for _ in 0..<200 { #expect(ask(&routing, .once, failing: []) != 2) }
    now = now.adding(milliseconds: 33_000)
    // Once one was answered, the next need not wait.
    for _ in 0..<3 { #expect(ask(&routing, .once, failing: []) == 2) }
    #expect(routing.counts.readmissions == 1 && routing.balancer.standing(2) == .ready)
  }

  @Test func `an ejected replica that lacks what all calls need does not keep its place for ever`()
  {
    let tag = ServedTag("model 3")
    var routing = routing(4)
    for _ in 0..<2_000 where routing.counts.ejections == 0 { _ = ask(&routing, failing: [2]) }
    routing.setServes(2, ServedTags(["model 2"]))
    now = now.adding(milliseconds: 30_000)
    for _ in 0..<100 { _ = ask(&routing, requires: tag.hash, failing: []) }
    #expect(routing.ejection.isOut(2))
    now = now.adding(milliseconds: 2_000)
    #expect(ask(&routing, requires: tag.hash, failing: []) != 2)
    #expect(!routing.ejection.isOut(2) && routing.balancer.standing(2) == .ready)
    for _ in 0..<200 { #expect(ask(&routing, requires: tag.hash, failing: []) != 2) }
    #expect(routing.counts.probes == 0 && routing.counts.readmissions == 1)
  }

  @Test func `an ejected replica that connects anew is still out`() {
    var routing = routing(4)
    for _ in 0..<2_000 where routing.counts.ejections == 0 { _ = ask(&routing, failing: [2]) }
    routing.setConnection(2, .none, now)
    #expect(routing.balancer.standing(2) == .out)
    routing.setConnection(2, .open, now)
    #expect(routing.balancer.standing(2) == .ejected)
  }

  @Test func `who is let in again because others were removed or lost is asked again`() {
    for isRemoved in [true, false] {
      var routing = routing(10)
      for _ in 0..<9_000 where routing.counts.ejections < 3 {
        _ = ask(&routing, .once, failing: [0, 1, 2])
      }
      #expect(routing.ejection.count == 3)
      for id in 4..<10 {
        if isRemoved { routing.remove(id) } else { routing.setConnection(id, .none, now) }
      }
      #expect(routing.ejection.count == 1 && routing.counts.readmissions == 2)
      #expect(routing.balancer.count(.ready) == 3 && routing.balancer.count(.ejected) == 1)
    }
  }

  @Test(arguments: [false, true])
  func `failures that all have in common keep nobody without calls for long`(areCommon: Bool) {
    var routing = routing(4)
    func end(_ id: Int, _ outcome: Balancer.Outcome) {
      routing.started(id)
      routing.finished(id, outcome, latencyNanoseconds: 5_000_000, load: nil, now: now)
    }
    for id in 0..<100 { end(id % 4, .answered) }
    if areCommon { for id in 0..<100 { end(id % 4, .refused) } }
    for _ in 0..<4 { end(2, .failed) }
    now = now.adding(milliseconds: 2_000)
    let asked = (0..<100).count { _ in ask(&routing, failing: []) == 2 }
    #expect(routing.counts.ejections == 0)
    #expect(areCommon ? (10...40).contains(asked) : asked == 0, "\(asked) of 100")
  }

  @Test func `the counts of a while are a difference`() {
    var routing = routing(2)
    _ = ask(&routing, failing: [])
    let before = routing.counts
    for _ in 0..<3 { _ = ask(&routing, failing: []) }
    #expect((routing.counts - before).attempts == 3)
    var sum = before
    sum += routing.counts - before
    #expect(sum == routing.counts)
  }
}
