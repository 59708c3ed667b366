internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Who is asked when not every replica has what a call needs.
final class ServedPickingTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private let old = ServedTag("model:browse/1")
  private let new = ServedTag("model:browse/2")

  private func routing(_ served: [[ServedTag]?]) -> Routing {
    var routing = Routing(seed: 4, now: now)
    for (id, tags) in served.enumerated() {
      routing.add(id)
      routing.setConnection(id, .open, now)
      routing.setServes(id, tags.flatMap { ServedTags($0.map(\.text)) })
    }
    return routing
  }

  private func call(_ tag: ServedTag?, _ safety: Safety = .pure, isHedged: Bool = false)
    -> CallState
  {
    CallState(
      CallState.Terms(
        method: "m", safety: safety, isHedged: isHedged, deadline: now.adding(milliseconds: 100),
        attemptNanoseconds: 20_000_000, requires: tag?.hash ?? 0))
  }

  private func asked(_ tag: ServedTag?, _ routing: inout Routing) -> Int? {
    var call = call(tag)
    let replica = call.begin(now, &routing).sending?.replica
    _ = call.cancel(now, &routing)
    return replica
  }

  @Test func `only who has it is asked, and who does not say counts as having it`() {
    var routing = routing([[old], [old, new], nil, [old]])
    let forNew = Set((0..<200).map { _ in asked(new, &routing) })
    #expect(forNew == [1, 2])
    #expect(Set((0..<400).map { _ in asked(old, &routing) }) == [0, 1, 2, 3])
    #expect(Set((0..<400).map { _ in asked(nil, &routing) }) == [0, 1, 2, 3])
  }

  @Test func `where nobody has it the call ends at once, and a change counts from the next call`() {
    var routing = routing([[old], [old]])
    var call = call(new)
    #expect(call.begin(now, &routing).end == .unserved)
    routing.setServes(1, ServedTags([old.text, new.text]))
    #expect(asked(new, &routing) == 1)
    routing.setServes(1, ServedTags([old.text]))
    #expect(asked(new, &routing) == nil)
  }

  @Test func `a retry goes to another one that has it, and where there is none the error stands`() {
    var routing = routing([[old], [new], [new], [old]])
    var call = call(new)
    let first = call.begin(now, &routing).sending?.replica ?? -1
    let retry = call.lost(
      1, .answered(.unavailable, .notStarted), .unavailable, load: nil, isLeaving: false, now,
      &routing)
    let second =
      retry.sending?.replica
      ?? call.wake(call.wakeAt, hasLeft: true, &routing).sending!
      .replica
    #expect([first, second].sorted() == [1, 2])
    let last = call.lost(
      2, .notSent, .unavailable, load: nil, isLeaving: false, now, &routing)
    #expect(last.end == .byEvent)
  }

  @Test func `a slow answer is not waited for elsewhere when nobody else has it`() {
    var routing = routing([[old], [new], [old]])
    var call = call(new, isHedged: true)
    #expect(call.begin(now, &routing).sending?.replica == 1)
    while call.wakeAt < now.adding(milliseconds: 100) {
      let step = call.wake(call.wakeAt, hasLeft: true, &routing)
      #expect(step.sending == nil && step.end == nil)
      guard call.wakeAt < now.adding(milliseconds: 100) else { break }
    }
    #expect(routing.counts.attempts == 1)
  }

  @Test func `an ejected one that has it is asked before a trusted one that has not`() {
    var routing = routing([[old], [new], [old]])
    var balancer = routing.balancer
    balancer.setStanding(1, .ejected, now)
    var random = PolicyRandom(seed: 1)
    for _ in 0..<50 {
      let tried = TriedReplicas(requires: new.hash)
      #expect(balancer.pick(now, excluding: tried, random: &random) == 1)
      #expect(!balancer.hasReady(excluding: tried) && balancer.mayServe(excluding: tried))
    }
    #expect(asked(new, &routing) == 1)
  }

  /// Replicas come, go, load and drop at random, and calls fail, are slow and are hedged.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `no attempt ever goes to a replica without what its call needs`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var served: [Int: Set<ServedTag>] = [:]
    var routing = Routing(seed: seed, now: now)
    var attempts = 0
    var unserved = 0
    let tags = (0..<6).map { ServedTag("model:browse/\($0)") }
    func check(_ step: CallStep, _ tag: ServedTag?) {
      guard let (_, replica, _) = step.sending else { return }
      attempts += 1
      guard let tag, let has = served[replica], !has.isEmpty else { return }
      #expect(has.contains(tag), "seed \(seed)")
    }
    for round in 0..<3_000 {
      now = now.adding(milliseconds: 1)
      let id = Int.random(in: 0..<8, using: &random)
      if round < 8 || Int.random(in: 0..<10, using: &random) == 0 {
        if served[id] == nil { routing.add(id) }
        let some = Set(tags.filter { _ in Bool.random(using: &random) })
        served[id] = some
        routing.setConnection(
          id, Int.random(in: 0..<5, using: &random) == 0 ? .none : .open, now)
        routing.setServes(id, ServedTags(some.map(\.text)))
      } else if Int.random(in: 0..<40, using: &random) == 0, served[id] != nil {
        routing.remove(id)
        served[id] = nil
      }
      let tag = Bool.random(using: &random) ? tags.randomElement(using: &random) : nil
      var call = call(tag, isHedged: true)
      var step = call.begin(now, &routing)
      check(step, tag)
      while !call.isOver {
        let number = UInt8(max(1, call.attempts))
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          step = call.lost(
            number, .answered(.unavailable, .notStarted), .unavailable, load: nil,
            isLeaving: false, now, &routing)
        case 1: step = call.wake(call.wakeAt, hasLeft: true, &routing)
        default: step = call.answered(number, load: nil, now, &routing)
        }
        check(step, tag)
        if step.sending == nil, step.end == nil, !call.isRunning(number) {
          step = call.wake(call.wakeAt, hasLeft: true, &routing)
          check(step, tag)
        }
      }
      if step.end == .unserved { unserved += 1 }
    }
    #expect(attempts > 1_000 && unserved > 0, "seed \(seed): \(attempts), \(unserved)")
  }
}
