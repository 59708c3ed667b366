internal import Telemetry
import Testing

@testable internal import RPC

struct CallReportTests {
  private let start = Instant(nanoseconds: 0)

  private func attempt(
    _ replica: String = "a", queue: UInt64 = 0, handler: UInt64 = 0
  ) -> CallReport.Attempt {
    CallReport.Attempt(
      replica: replica, start: start, end: start.adding(microseconds: 100), code: .ok, message: "",
      queueMicroseconds: queue, handlerMicroseconds: handler)
  }

  @Test func `what was neither queue nor handler was on the wire`() {
    #expect(attempt(queue: 10, handler: 60).wireMicroseconds == 30)
  }

  @Test func `a replica that claims more than the whole time leaves nothing`() {
    #expect(attempt(queue: 1, handler: 100).wireMicroseconds == 0)
    #expect(attempt(queue: .max, handler: .max).wireMicroseconds == 0)
  }

  @Test func `attempts are kept in the order of their ends, and the last is at hand`() {
    var report = CallReport(method: "test.v1.Test/Echo", start: start, end: start)
    #expect(report.attempts.isEmpty && report.last == nil)
    for replica in ["a", "b", "c"] {
      report.add(attempt(replica))
      #expect(report.last?.replica == replica)
    }
    #expect(report.attempts.map(\.replica) == ["a", "b", "c"])
    report.attempts = [attempt("d"), attempt("e")]
    #expect(report.last?.replica == "e" && report.attempts.map(\.replica) == ["d", "e"])
    report.attempts = []
    #expect(report.attempts.isEmpty && report.last == nil)
  }
}
