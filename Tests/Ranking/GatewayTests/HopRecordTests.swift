import Messages
import Telemetry
import Testing

@testable import Gateway
@testable import RPC

@Suite struct HopRecordTests {
  private let received = Instant(nanoseconds: 5_000_000)
  private var record: HopRecord { HopRecord(received: received) }

  private func at(_ microseconds: Int64) -> Instant { received.adding(microseconds: microseconds) }

  private func attempt(
    _ replica: String, _ from: Int64, _ to: Int64, _ code: Code = .ok, number: Int = 1
  ) -> CallReport.Attempt {
    CallReport.Attempt(
      replica: replica, start: at(from), end: at(to), code: code,
      message: code == .ok ? "" : "it failed", number: number, queueMicroseconds: 30,
      handlerMicroseconds: 200)
  }

  private func report(_ attempts: [CallReport.Attempt]) -> CallReport {
    var report = CallReport(method: "a/b", start: at(100), end: at(900))
    report.attempts = attempts
    return report
  }

  @Test func `the first replica's answer is the primary rung, split into its parts`() {
    let hop = record.hop(report([attempt("one", 100, 900)]), fallback: nil)
    #expect(hop.method == "a/b")
    #expect(hop.replica == "one")
    #expect(hop.rung == .primary)
    #expect(hop.why.isEmpty)
    #expect(hop.startMicroseconds == 100)
    #expect(hop.elapsedMicroseconds == 800)
    #expect(hop.queueMicroseconds == 30)
    #expect(hop.handlerMicroseconds == 200)
    #expect(hop.wireMicroseconds == 570)
    #expect(hop.attempts.count == 1)
  }

  @Test func `the bytes of each attempt are written down`() {
    var sent = attempt("one", 100, 900)
    (sent.requestBytes, sent.answerBytes) = (1_234, .max)
    let written = record.hop(report([sent]), fallback: nil).attempts[0]
    #expect(written.requestBytes == 1_234 && written.answerBytes == .max)
  }

  @Test func `a retry's answer is another replica's rung and says why`() {
    let attempts = [attempt("one", 100, 400, .unavailable), attempt("two", 400, 900, number: 2)]
    let hop = record.hop(report(attempts), fallback: nil)
    #expect(hop.rung == .otherReplica)
    #expect(hop.replica == "two")
    #expect(hop.why == "one: UNAVAILABLE: it failed")
    // Of the attempt that answered.
    #expect(hop.wireMicroseconds == 270)
    #expect(hop.attempts.map(\.code) == [Code.unavailable.rawValue, 0])
    #expect(hop.attempts.map(\.startMicroseconds) == [100, 400])
    #expect(hop.attempts.map(\.elapsedMicroseconds) == [300, 500])
    #expect(hop.attempts[0].message == "it failed")
    // What a replica says of its time counts when it fails, too.
    #expect(hop.attempts.map(\.queueMicroseconds) == [30, 30])
    #expect(hop.attempts.map(\.handlerMicroseconds) == [200, 200])
  }

  @Test func `a hedge that lost leaves the rung as it is, one that won does not`() {
    let lost = attempt("two", 300, 500, .cancelled, number: 2)
    #expect(record.hop(report([lost, attempt("one", 100, 500)]), fallback: nil).rung == .primary)
    let hedged = record.hop(
      report([attempt("one", 100, 500, .cancelled), attempt("two", 300, 500, number: 2)]),
      fallback: nil)
    #expect(hedged.rung == .otherReplica && hedged.replica == "two")
    #expect(hedged.why == "the hedge to two won against one")
  }

  @Test func `a failure counts as the reason, not that another copy was given up`() {
    let attempts = [
      attempt("one", 100, 600, .cancelled), attempt("two", 300, 400, .unavailable, number: 2),
      attempt("three", 400, 600, number: 3),
    ]
    #expect(record.hop(report(attempts), fallback: nil).why == "two: UNAVAILABLE: it failed")
  }

  @Test func `a fallback names its rung and nobody as the one who answered`() {
    let failed = report([attempt("one", 100, 900, .internal)])
    let hop = record.hop(failed, fallback: (.lightModel, "broken"))
    #expect(hop.rung == .lightModel)
    #expect(hop.why == "broken")
    #expect(hop.replica.isEmpty)
    #expect(hop.wireMicroseconds == 0)
    #expect(hop.attempts.count == 1)
    #expect(hop.elapsedMicroseconds == 800)
  }

  @Test func `wire time is never negative`() {
    var inside = attempt("one", 100, 200)
    inside.handlerMicroseconds = .max
    #expect(record.hop(report([inside]), fallback: nil).wireMicroseconds == 0)
    #expect(record.hop(report([]), fallback: nil).wireMicroseconds == 0)
  }

  @Test func `a hop that was not begun has a time and a reason`() {
    let hop = record.skipped("a/b", .skipped, why: "no rows", now: at(70))
    #expect(hop.startMicroseconds == 70)
    #expect(hop.elapsedMicroseconds == 0)
    #expect(hop.rung == .skipped)
    #expect(hop.why == "no rows")
  }

  @Test func `only rungs that rank worse degrade an answer`() {
    let degraded = Rung.allCases.filter(\.isDegraded)
    #expect(degraded == [.lastGood, .popular, .lightModel, .retrievalOrder])
  }
}
