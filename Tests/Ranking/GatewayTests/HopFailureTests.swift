import Telemetry
import Testing

@testable import Gateway
@testable import RPC

@Suite struct HopFailureTests {
  private let now = Instant(nanoseconds: 1)

  private func report(_ codes: [Code]) -> CallReport {
    var report = CallReport(method: "a.B/C", start: now, end: now)
    report.attempts = codes.map {
      CallReport.Attempt(replica: "r", start: now, end: now, code: $0, message: "")
    }
    return report
  }

  private func reason(
    _ code: Code, _ attempts: [Code] = [], isAnybodyReady: Bool = true
  ) -> String {
    HopFailure.call(
      RPCError(code, "words"), report(attempts), isAnybodyReady: isAnybodyReady
    ).reason.label
  }

  @Test func `the last attempt's code is the reason`() {
    #expect(reason(.unavailable, [.internal, .unavailable]) == "unavailable")
    #expect(reason(.deadlineExceeded, [.resourceExhausted]) == "resource_exhausted")
    #expect(reason(.deadlineExceeded, [.unavailable, .deadlineExceeded]) == "deadline_exceeded")
    // Its answer came, and too late.
    #expect(reason(.deadlineExceeded, [.ok]) == "deadline_exceeded")
  }

  @Test func `without an attempt nobody could be asked, or nobody had it`() {
    #expect(reason(.unavailable, isAnybodyReady: false) == "not_connected")
    #expect(reason(.deadlineExceeded, isAnybodyReady: false) == "not_connected")
    #expect(reason(.unavailable) == "not_loaded")
    #expect(reason(.cancelled, isAnybodyReady: false) == "cancelled")
  }

  @Test func `what is no call's failure has words of its own`() {
    #expect(HopFailure.noTime.reason.label == "no_time" && HopFailure.noTime.report == nil)
    let bad = HopFailure.badAnswer("rows are missing", report([.ok]))
    #expect(bad.reason.label == "bad_answer" && bad.why == "rows are missing")
    let failed = HopFailure.call(RPCError(.internal, "it broke"), report([]), isAnybodyReady: true)
    #expect(failed.why == "INTERNAL: it broke")
  }
}
