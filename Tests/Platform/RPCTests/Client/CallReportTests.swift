internal import Telemetry
import Testing

@testable internal import RPC

struct CallReportTests {
  private func report(attemptMicroseconds: Int64) -> CallReport {
    let start = Instant(nanoseconds: 0)
    var report = CallReport(method: "test.v1.Test/Echo", start: start, end: start)
    report.attempts = [
      .init(
        replica: "a", start: start, end: start.adding(microseconds: attemptMicroseconds),
        code: .ok, message: "")
    ]
    return report
  }

  @Test func `what was neither queue nor handler was on the wire`() {
    var report = report(attemptMicroseconds: 100)
    (report.queueMicroseconds, report.handlerMicroseconds) = (10, 60)
    #expect(report.wireMicroseconds == 30)
    #expect(report.last?.replica == "a")
  }

  @Test func `a replica that claims more than the whole time leaves nothing`() {
    var report = report(attemptMicroseconds: 100)
    (report.queueMicroseconds, report.handlerMicroseconds) = (1, 100)
    #expect(report.wireMicroseconds == 0)
    (report.queueMicroseconds, report.handlerMicroseconds) = (.max, .max)
    #expect(report.wireMicroseconds == 0)
  }

  @Test func `a call without an attempt was nowhere`() {
    let start = Instant(nanoseconds: 0)
    let report = CallReport(method: "", start: start, end: start)
    #expect(report.wireMicroseconds == 0)
    #expect(report.last == nil)
  }
}
