import JSON
import TestSupport

@testable import Commands

/// `brigade load` as a person runs it, under way.
struct LoadRun {
  let rate: Int
  let seconds: Double
  private let process: ChildProgram

  /// Begins to send to all gateways, and returns once some answers have come.
  /// - Parameter followsList: watches the list of gateways, instead of knowing those of now.
  static func start(
    _ cluster: TestCluster, rate: Int = 200, seconds: Double = 2.5, answersBefore: Double = 100,
    followsList: Bool = false
  ) async throws -> LoadRun {
    let before = cluster.answeredCount
    let process = try await ChildProgram.start(
      "brigade",
      [
        "load", "--target",
        followsList ? "file:\(cluster.replicaFile(.gateway))" : cluster.gatewayAddresses, "--data",
        cluster.town.dataFolder,
        "--rate", "\(rate)", "--duration", "\(seconds)", "--now", "\(SmallTown.nowMilliseconds)",
        "-o", "json",
      ], name: "load-\(UInt64.random(in: 0...UInt64.max))", in: cluster.folder)
    try await wait(for: "answers under load; \(process.tail)", seconds: 30) {
      cluster.answeredCount >= before + answersBefore
    }
    return LoadRun(rate: rate, seconds: seconds, process: process)
  }

  var isOver: Bool { process.end != nil }

  func figures() async throws -> LoadFigures {
    let end = try await process.waitForEnd(seconds: seconds + 60)
    return try LoadFigures(process.output, end: end, told: process.tail)
  }
}

/// What `brigade load -o json` prints.
struct LoadFigures: CustomStringConvertible {
  let sent: Int
  let ok: Int
  let degraded: Int
  let failed: Int
  let retried: Int
  let p50Milliseconds: Double
  let p99Milliseconds: Double
  let maxMilliseconds: Double
  let rungs: [String]
  let failures: [String]
  let end: ChildProgram.End

  init(_ output: String, end: ChildProgram.End, told: String) throws {
    let json = try JSONValue(parsing: Array(output.utf8))
    func number(_ name: String, in value: JSONValue? = nil) throws -> Double {
      guard let number = (value ?? json)[name]?.double else {
        throw NotInTime(description: "the load report lacks \(name); \(told)")
      }
      return number
    }
    sent = Int(try number("sent"))
    ok = Int(try number("ok"))
    degraded = Int(try number("degraded"))
    failed = Int(try number("failed"))
    retried = Int(try number("retried"))
    p50Milliseconds = try number("p50", in: json["latency_ms"])
    p99Milliseconds = try number("p99", in: json["latency_ms"])
    maxMilliseconds = try number("max", in: json["latency_ms"])
    func shown(_ name: String) -> [String] {
      (json[name]?.object ?? []).map { "\($0.name) × \($0.value.number ?? "?")" }
    }
    rungs = shown("rungs")
    failures = shown("failures")
    self.end = end
  }

  var degradedShare: Double { Double(degraded) / Double(max(1, sent)) }

  var description: String {
    "sent \(sent), ok \(ok), degraded \(degraded), failed \(failed), retried \(retried), "
      + "p50 \(p50Milliseconds) ms, p99 \(p99Milliseconds) ms, max \(maxMilliseconds) ms, "
      + "rungs \(rungs), failures \(failures)"
  }
}
