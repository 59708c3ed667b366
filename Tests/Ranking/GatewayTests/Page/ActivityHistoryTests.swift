import Telemetry
import Testing

@testable import Gateway

@Suite struct ActivityHistoryTests {
  private let start = Instant(nanoseconds: 7_000)

  private func after(_ seconds: Double) -> Instant {
    start.adding(nanoseconds: Int64(seconds * 1e9))
  }

  @Test func `what happens counts in the step that runs`() {
    var history = ActivityHistory(now: start)
    history.record(after(1)) { $0.answered += 1 }
    history.record(after(4.9)) { $0.answered += 1 }
    history.record(after(5)) { $0.answered += 1 }
    history.advance(after(21))
    #expect(history.steps.map(\.answered) == [2, 1, 0, 0, 0])
    let (whole, age) = history.whole(after(21))
    #expect(whole.map(\.answered) == [2, 1, 0, 0] && age == 21_000_000_000)
  }

  @Test func `no more than a quarter of an hour is kept, however long nothing happened`() {
    var history = ActivityHistory(now: start)
    history.record(start) { $0.answered = 9 }
    history.advance(after(5 * 180))
    #expect(history.steps.count == ActivityHistory.stepsMax && history.steps[0].answered == 9)
    history.advance(after(5 * 181))
    #expect(history.steps.count == ActivityHistory.stepsMax && history.steps[0].answered == 0)
    history.record(after(86_400)) { $0.answered = 1 }
    #expect(history.steps.count == ActivityHistory.stepsMax)
    #expect(history.steps.map(\.answered).reduce(0, +) == 1)
  }

  @Test func `present figures are of the last half minute`() {
    var history = ActivityHistory(now: start)
    for second in 0..<100 { history.record(after(Double(second))) { $0.answered += 1 } }
    let (sum, seconds) = history.window(after(99))
    // Six whole steps, and four seconds of the one that runs.
    #expect(seconds == 34 && sum.answered == 35)
  }

  @Test func `the first moments are no basis for rates`() {
    let history = ActivityHistory(now: start)
    #expect(history.window(after(0.001)).seconds == 1)
    #expect(history.window(after(3)).seconds == 3)
  }

  @Test func `replicas are known of the present only`() {
    var history = ActivityHistory(now: start)
    for step in 0..<20 {
      history.record(after(Double(step) * 5)) { $0.record(PageSamples.response()) }
    }
    let known = history.steps.map { !$0.replicas.isEmpty }
    #expect(known.suffix(ActivityHistory.windowSteps + 1).allSatisfy { $0 })
    #expect(!known.dropLast(ActivityHistory.windowSteps + 1).contains(true))
    #expect(history.window(after(95)).sum.replicas["inference-1"]?.attempts == 7)
    // A pause in which many steps end forgets as many.
    history.advance(after(95 + 30))
    #expect(history.steps.count { !$0.replicas.isEmpty } == 1)
  }

  @Test func `what was turned away is counted from its total`() {
    var history = ActivityHistory(now: start)
    history.turnedAway(total: 3, after(1))
    history.turnedAway(total: 3, after(2))
    history.turnedAway(total: 10, after(6))
    #expect(history.steps.map(\.turnedAway) == [3, 7])
  }
}
