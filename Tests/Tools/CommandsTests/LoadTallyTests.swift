import JSON
import Messages
import Telemetry
import Testing

@testable import Commands
@testable import RPC

struct LoadTallyTests {
  private let tally = LoadTally()

  private func end(
    _ result: Result<RankResponse, RPCError>, attempts: Int = 1
  ) -> CallOutcome<RankResponse> {
    let now = Instant.now()
    var report = CallReport(method: Method.rank.name, start: now, end: now)
    report.attempts = (0..<attempts).map { _ in
      CallReport.Attempt(replica: "g", start: now, end: now, code: .ok, message: "")
    }
    return CallOutcome(result: result, report: report)
  }

  private func response(_ rung: Rung) -> RankResponse {
    var hop = Hop()
    hop.method = "brigade.v1.Inference/Score"
    hop.rung = rung
    var response = RankResponse()
    response.hops = [hop]
    response.degraded = rung == .lightModel
    return response
  }

  private func record(_ result: Result<RankResponse, RPCError>, attempts: Int = 1) {
    tally.sent()
    tally.ended(end(result, attempts: attempts), intended: .now())
  }

  @Test func `answers are counted by how good they are, with their rungs`() {
    record(.success(response(.primary)))
    record(.success(response(.otherReplica)), attempts: 2)
    record(.success(response(.lightModel)))
    record(.failure(RPCError(.unavailable, "gone")))
    #expect(tally.isComplete)
    let report = tally.report(offeredPerSecond: 4, elapsed: 2_000_000_000)
    #expect((report.sent, report.ok, report.degraded, report.failed) == (4, 2, 1, 1))
    #expect(report.retried == 1)
    #expect(report.achievedPerSecond == 2)
    #expect(report.failures == ["UNAVAILABLE: gone": 1])
    #expect(
      report.rungs == [
        "brigade.v1.Inference/Score: another replica": 1,
        "brigade.v1.Inference/Score: light model": 1,
      ])
  }

  @Test func `what was not answered has failed`() {
    tally.sent()
    record(.success(response(.primary)))
    #expect(!tally.isComplete)
    let report = tally.report(offeredPerSecond: 2, elapsed: 1_000_000_000)
    #expect(report.failed == 1)
    #expect(report.failures == ["no answer": 1])
  }

  @Test func `latency counts from the intended time`() {
    tally.sent()
    tally.ended(
      end(.success(response(.primary))), intended: Instant.now().adding(milliseconds: -250))
    let report = tally.report(offeredPerSecond: 1, elapsed: 1_000_000_000)
    #expect(report.latency.maxNanoseconds >= 250_000_000)
  }

  @Test func `many different reasons are counted together beyond a bound`() {
    for index in 0..<200 { record(.failure(RPCError(.unavailable, "\(index)"))) }
    let report = tally.report(offeredPerSecond: 1, elapsed: 1_000_000_000)
    #expect(report.failures.count == 51)
    #expect(report.failures["other"] == 150)
  }

  @Test func `the report is a table for people and JSON for programs`() throws {
    record(.success(response(.lightModel)))
    record(.failure(RPCError(.deadlineExceeded, "late")))
    let report = tally.report(offeredPerSecond: 200, elapsed: 1_000_000_000)
    let lines = report.text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("offered") && lines[0].hasSuffix("200.0/s"))
    for name in ["sent", "degraded", "failed", "p50", "p90", "p99", "p99.9", "max"] {
      #expect(lines.contains { $0.hasPrefix("\(name) ") }, "\(name) in \(report.text)")
    }
    #expect(lines.contains("  1 × brigade.v1.Inference/Score: light model"))
    #expect(lines.contains("  1 × DEADLINE_EXCEEDED: late"))
    let json = try JSONValue(parsing: Array(report.json.utf8))
    #expect(json["sent"]?.number == "2")
    #expect(json["latency_ms"]?["p99.9"]?.double != nil)
    #expect(json["failures"]?["DEADLINE_EXCEEDED: late"]?.number == "1")
  }
}
