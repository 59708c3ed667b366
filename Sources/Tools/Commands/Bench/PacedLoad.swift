internal import Glibc
internal import Messages
internal import RPC
internal import Telemetry

/// Requests to one gateway at a steady rate, whether or not answers come. Blocks its thread.
enum PacedLoad {
  /// What two cores serve without waiting, load generator included; far less without an optimizer.
  #if DEBUG
    static let requestsPerSecond = 20.0
  #else
    static let requestsPerSecond = 200.0
  #endif
  private static let timeoutMilliseconds = 1_000
  /// Of the answers, that fallbacks may have a part in: they cost something else.
  private static let degradedShareMax = 0.02

  /// Until caches are warm; what comes of it does not matter.
  static func warmUp(_ questions: EdgeQuestions, milliseconds: Int, _ client: Client) {
    _ = send(questions, milliseconds: milliseconds, client)
  }

  /// - Returns: the number of requests, nearly all of which had a whole answer.
  static func run(
    _ questions: EdgeQuestions, milliseconds: Int, _ client: Client
  ) throws(CommandFailure) -> Int {
    let report = send(questions, milliseconds: milliseconds, client)
    let most = max(1, Int(Double(report.sent) * degradedShareMax))
    guard report.degraded + report.failed <= most else {
      throw CommandFailure(
        "the cluster does not keep up with \(requestsPerSecond.fixed(0)) requests a second: of "
          + "\(report.sent), \(report.degraded) degraded and \(report.failed) failed "
          + "(\(report.failures.keys.first ?? "no error"))")
    }
    return report.sent
  }

  private static func send(
    _ questions: EdgeQuestions, milliseconds: Int, _ client: Client
  ) -> LoadReport {
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
    return tally.report(
      offeredPerSecond: requestsPerSecond, elapsed: Instant.now().nanoseconds(since: start))
  }
}
