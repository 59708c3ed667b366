internal import RPC
internal import Telemetry
import Testing

final class ConcurrencyLimitTests {
  private var now = Instant(nanoseconds: 1_000_000_000)
  private var usual = UsualLatency()

  /// So many windows of calls that take so long beside so many.
  private func run(
    _ limit: inout ConcurrencyLimit, windows: Int, milliseconds: Double, running: (Int) -> Int
  ) {
    for _ in 0..<windows * 20 {
      now = now.adding(milliseconds: 5)
      limit.ended(
        latencyNanoseconds: Int64(milliseconds * 1_000_000), running: running(limit.limit),
        usual: &usual, now)
    }
  }

  @Test func `latency that stays as it is lets the limit grow while it is used`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 5) { $0 / 4 }
    #expect(limit.limit == 128, "not used, not grown")
    run(&limit, windows: 10, milliseconds: 5) { $0 }
    #expect(limit.limit > 170, "\(limit.limit)")
  }

  @Test func `calls that take ten times as long bring the limit down, to the least`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 5) { $0 / 4 }
    run(&limit, windows: 1, milliseconds: 50) { $0 }
    run(&limit, windows: 4, milliseconds: 50) { $0 }
    #expect(limit.limit < 70, "\(limit.limit)")
    var least = limit.limit
    for _ in 0..<15 {
      run(&limit, windows: 1, milliseconds: 50) { $0 }
      least = min(least, limit.limit)
    }
    #expect((16...17).contains(least), "\(least)")
  }

  @Test func `an overload does not become what is usual`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 5) { $0 / 4 }
    let before = usual.nanoseconds
    var settings = ConcurrencyLimit.Settings()
    settings.least = 40
    var busy = ConcurrencyLimit(settings)
    run(&busy, windows: 5, milliseconds: 50) { $0 }
    #expect(usual.nanoseconds == before)
  }

  @Test func `at the least limit a new usual latency is learnt`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 5) { $0 / 4 }
    run(&limit, windows: 60, milliseconds: 50) { $0 }
    #expect(usual.nanoseconds > 20_000_000, "\(usual.nanoseconds)")
    #expect(limit.limit > 16, "\(limit.limit)")
  }

  @Test func `delays that nobody notices bring nothing down`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 0.05) { $0 / 4 }
    run(&limit, windows: 20, milliseconds: 1.5) { $0 }
    #expect(limit.limit >= 128, "\(limit.limit)")
  }

  @Test func `a call that hangs does not speak for all`() {
    var limit = ConcurrencyLimit()
    run(&limit, windows: 10, milliseconds: 5) { $0 / 4 }
    for step in 0..<200 {
      now = now.adding(milliseconds: 5)
      limit.ended(
        latencyNanoseconds: step % 20 == 0 ? 60_000_000_000 : 5_000_000, running: limit.limit,
        usual: &usual, now)
    }
    #expect(limit.limit > 128, "\(limit.limit)")
  }

  @Test func `the limit keeps to its bounds`() {
    var settings = ConcurrencyLimit.Settings()
    settings.initial = 900
    settings.most = 40
    var limit = ConcurrencyLimit(settings)
    #expect(limit.limit == 40)
    run(&limit, windows: 30, milliseconds: 5) { $0 }
    #expect(limit.limit == 40)
  }
}
