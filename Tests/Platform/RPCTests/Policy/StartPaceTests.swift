internal import RPC
internal import Telemetry
import Testing

final class StartPaceTests {
  private var now = Instant(nanoseconds: 1_000_000_000)
  private var pace = StartPace()

  private func start(milliseconds: Int64) {
    pace.started(now)
    now = now.adding(milliseconds: milliseconds)
    pace.couldStart(now)
  }

  private var milliseconds: Double { pace.nanoseconds / 1_000_000 }

  @Test func `nothing is known before the first start has made room`() {
    pace.couldStart(now)
    pace.started(now)
    #expect(pace.nanoseconds == 0)
  }

  @Test func `it is the mean of the first pauses, and then of the last ones`() {
    for pause in [2, 4, 6] { start(milliseconds: Int64(pause)) }
    #expect(milliseconds == 4)
    for _ in 0..<200 { start(milliseconds: 1) }
    #expect((1.0..<1.01).contains(milliseconds), "\(milliseconds)")
  }

  @Test func `one long pause hardly counts, and the same again and again does`() {
    for _ in 0..<20 { start(milliseconds: 1) }
    start(milliseconds: 30_000)
    #expect(milliseconds < 1.6, "\(milliseconds)")
    for _ in 0..<100 { start(milliseconds: 300) }
    #expect((295...300).contains(milliseconds), "\(milliseconds)")
  }

  @Test func `what passes while nobody waits may lower it but not raise it`() {
    for _ in 0..<20 { start(milliseconds: 5) }
    pace.started(now)
    pace.held(isWaiting: false)
    now = now.adding(milliseconds: 1_000)
    pace.couldStart(now)
    #expect(milliseconds == 5)
    pace.started(now)
    pace.held(isWaiting: false)
    pace.couldStart(now)
    #expect(milliseconds < 5)
  }
}
