internal import RPC
internal import Telemetry
import Testing

struct RetryBudgetTests {
  private let start = Instant(nanoseconds: 5_000_000_000)

  private func withdrawn(_ budget: inout RetryBudget, _ now: Instant) -> Int {
    var count = 0
    while budget.withdraw(now) { count += 1 }
    return count
  }

  @Test func `a caller without traffic may try again ten times a second`() {
    var budget = RetryBudget(now: start)
    #expect(withdrawn(&budget, start) == 10)
    #expect(withdrawn(&budget, start.adding(milliseconds: 99)) == 0)
    #expect(withdrawn(&budget, start.adding(milliseconds: 100)) == 1)
    #expect(withdrawn(&budget, start.adding(milliseconds: 600)) == 5)
  }

  @Test func `the floor saves up no more than one second's worth`() {
    var budget = RetryBudget(now: start)
    #expect(withdrawn(&budget, start.adding(milliseconds: 3_600_000)) == 10)
  }

  @Test func `a fifth of the calls may be tried again when all fail`() {
    var budget = RetryBudget(now: start)
    _ = withdrawn(&budget, start)
    var retries = 0
    for _ in 0..<1_000 {
      budget.deposit(start)
      if budget.withdraw(start) { retries += 1 }
    }
    #expect(retries == 200)
  }

  @Test func `what is saved up has a limit`() {
    var budget = RetryBudget(now: start)
    for _ in 0..<100_000 { budget.deposit(start) }
    #expect(withdrawn(&budget, start) == 100)
  }

  @Test func `a clock that stands still or steps back earns nothing`() {
    var budget = RetryBudget(now: start)
    _ = withdrawn(&budget, start)
    #expect(withdrawn(&budget, start) == 0)
    #expect(withdrawn(&budget, Instant(nanoseconds: 0)) == 0)
  }

  @Test func `parts of a millisecond are not lost`() {
    var budget = RetryBudget(now: start)
    _ = withdrawn(&budget, start)
    var retries = 0
    for step in 1...1_000 {
      retries += withdrawn(&budget, start.adding(microseconds: Int64(step) * 300))
    }
    #expect(retries == 3)
  }
}
