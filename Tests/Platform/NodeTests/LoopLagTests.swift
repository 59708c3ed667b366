import Telemetry
import Testing

@testable import Node

@Suite struct LoopLagTests {
  private static let windowNanoseconds = LoopLag.windowMilliseconds * 1_000_000
  private static let tick: Int64 = 250_000_000
  private let start = Instant(nanoseconds: 1_000_000_000)

  private func at(_ windows: Double) -> Instant {
    start.adding(nanoseconds: Int64(windows * Double(Self.windowNanoseconds)))
  }

  private func next(_ now: Instant) -> Instant { now.adding(nanoseconds: Self.tick) }

  /// Ticked in time from one time to another.
  private func tick(_ lag: inout LoopLag, from: Double, to: Double) {
    var now = at(from)
    while now < at(to) {
      lag.ticked(lateBy: 1_000, due: next(now), now)
      now = next(now)
    }
  }

  @Test func `the worst is told for a window at least, and for two at most`() {
    for late in [0.0, 0.5, 0.99] {
      var lag = LoopLag(due: start, start)
      lag.ticked(lateBy: 7_000_000_000, due: next(at(late)), at(late))
      #expect(lag.worst(at(late)) == 7_000_000_000)
      tick(&lag, from: late, to: late + 0.99)
      #expect(lag.worst(at(late + 0.99)) == 7_000_000_000, "late at \(late)")
      tick(&lag, from: late + 0.99, to: late + 2.01)
      #expect(lag.worst(at(late + 2.01)) == 1_000, "late at \(late)")
    }
  }

  @Test func `a smaller one does not hide a greater one`() {
    var lag = LoopLag(due: start, start)
    for nanoseconds in [3, 9, 4] as [Int64] {
      lag.ticked(lateBy: nanoseconds, due: next(start), start)
    }
    #expect(lag.worst(start) == 9)
  }

  @Test func `while a loop stands still, it is late by what has passed since it was due`() {
    var lag = LoopLag(due: start, start)
    lag.ticked(lateBy: 5, due: next(start), start)
    #expect(lag.worst(next(start)) == 5)
    #expect(lag.worst(next(start).adding(nanoseconds: 12_000)) == 12_000)
    let long = at(40)
    #expect(lag.worst(long) == long.nanoseconds(since: next(start)))
  }

  @Test func `what was late before a long standstill is not told after it`() {
    var lag = LoopLag(due: start, start)
    lag.ticked(lateBy: 99, due: at(10), start)
    #expect(lag.worst(at(1.5)) == 99)
    #expect(lag.worst(at(2.5)) == 0)
    lag.ticked(lateBy: 3, due: at(11), at(10))
    #expect(lag.worst(at(10)) == 3)
  }
}
