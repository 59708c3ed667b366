internal import Glibc
internal import Messages
internal import RPC
internal import Telemetry

/// Requests to one gateway at a steady rate, whether or not answers come. Blocks its thread.
enum PacedLoad {
  private static let timeoutMilliseconds = 1_000

  /// - Returns: the number of requests, each of which had a whole answer.
  static func run(
    _ questions: EdgeQuestions, requestsPerSecond: Double, milliseconds: Int, _ client: Client
  ) throws(CommandFailure) -> Int {
    let tally = LoadTally()
    let total = max(1, Int(requestsPerSecond * Double(milliseconds) / 1_000))
    let start = Instant.now()
    for index in 0..<total {
      let intended = start.adding(
        nanoseconds: Int64(Double(index) * 1_000_000_000 / requestsPerSecond))
      let left = intended.nanoseconds(since: .now())
      if left > 0 { usleep(UInt32(clamping: left / 1_000)) }
      tally.sent()
      client.start(.rank, questions[index], .within(milliseconds: timeoutMilliseconds)) {
        tally.ended($0, intended: intended)
      }
    }
    let patience = Instant.now().adding(milliseconds: Int64(timeoutMilliseconds) + 500)
    while !tally.isComplete, Instant.now() < patience { usleep(500) }
    let report = tally.report(
      offeredPerSecond: requestsPerSecond, elapsed: Instant.now().nanoseconds(since: start))
    // A second's share of fallbacks changes what is measured; one late answer does not.
    guard report.degraded + report.failed <= max(1, total / 100) else {
      throw CommandFailure(
        "the cluster does not keep up with \(requestsPerSecond.fixed(0)) requests a second: of "
          + "\(report.sent), \(report.degraded) degraded and \(report.failed) failed "
          + "(\(report.failures.keys.first ?? "no error"))")
    }
    return total
  }
}
