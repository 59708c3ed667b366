import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct TimeBudgetTests {
  private static let millisecond: Int64 = 1_000_000
  private let received = Instant(nanoseconds: 1_000 * millisecond)
  private let hops: [HopKind: HopBudget] = [
    .retrieval: HopBudget(milliseconds: 60, attemptMilliseconds: 20),
    .inference: HopBudget(milliseconds: 150, attemptMilliseconds: 40),
  ]

  private func budget(milliseconds: Int64, planned: Int = 200) -> TimeBudget {
    TimeBudget(
      hops: hops, plannedMilliseconds: planned, received: received,
      deadline: received.adding(milliseconds: milliseconds))
  }

  private func at(_ milliseconds: Int64) -> Instant { received.adding(milliseconds: milliseconds) }

  private func options(
    _ hop: HopKind, given milliseconds: Int64, at start: Int64 = 0
  ) -> CallOptions? {
    budget(milliseconds: milliseconds).options(hop, now: at(start), trace: TraceContext())
  }

  @Test func `a request with all the time gives each hop its share`() throws {
    let found = try #require(options(.retrieval, given: 200))
    #expect(found.deadline == at(60))
    #expect(found.attemptNanoseconds == 20 * Self.millisecond)
  }

  @Test func `more time than planned for is not used`() throws {
    #expect(options(.retrieval, given: 60_000)?.deadline == at(60))
    #expect(options(.inference, given: 60_000, at: 100)?.deadline == at(190))
  }

  @Test func `half the time halves every share`() throws {
    let found = try #require(options(.retrieval, given: 100))
    #expect(found.deadline == at(30))
    #expect(found.attemptNanoseconds == 10 * Self.millisecond)
  }

  @Test func `a twentieth is kept for the way out`() {
    #expect(options(.inference, given: 200, at: 60)?.deadline == at(190))
    #expect(options(.inference, given: 100, at: 60)?.deadline == at(95))
  }

  @Test func `with little time more than a twentieth is kept, as timers fire late`() {
    #expect(options(.inference, given: 30, at: 20)?.deadline == at(28))
    #expect(options(.inference, given: 10, at: 4)?.deadline == at(8))
    // But never more than half.
    let short = options(.inference, given: 2, at: 0)
    #expect(short?.deadline == received.adding(nanoseconds: Self.millisecond))
  }

  @Test func `a hop is not begun with too little left`() {
    #expect(options(.retrieval, given: 200, at: 189) != nil)
    let whole = budget(milliseconds: 200)
    let almost = at(190).adding(nanoseconds: -TimeBudget.leastNanoseconds)
    #expect(whole.options(.retrieval, now: almost, trace: TraceContext()) != nil)
    let late = almost.adding(nanoseconds: 1)
    #expect(whole.options(.retrieval, now: late, trace: TraceContext()) == nil)
    #expect(options(.retrieval, given: 200, at: 500) == nil)
  }

  @Test func `a deadline that has passed leaves nothing`() {
    #expect(options(.retrieval, given: 0) == nil)
    #expect(options(.retrieval, given: -5) == nil)
  }

  @Test func `a hop without a budget is not begun, and the trace is passed on`() {
    #expect(options(.features, given: 200) == nil)
    var trace = TraceContext()
    trace.traceLow = 7
    let found = budget(milliseconds: 200).options(.retrieval, now: received, trace: trace)
    #expect(found?.trace == trace)
  }

  @Test func `no hop may end after the end, whatever is given and whenever it starts`() {
    for given in [3, 7, 30, 99, 200, 1_000] as [Int64] {
      for start in 0..<210 as Range<Int64> {
        guard let found = options(.inference, given: given, at: start) else { continue }
        #expect(found.deadline < at(min(given, 200)), "\(given) ms given, at \(start)")
        #expect(found.deadline > at(start))
      }
    }
  }
}
