import JSON
import RPC
import TestSupport

@testable import Commands

/// PyPI's arize-phoenix: a receiver of OpenTelemetry's traces that is not ours, and keeps them in a
/// database that can be asked.
final class PhoenixServer {
  private static let listening = "Uvicorn running on http://"
  /// It loads half of PyPI before it listens.
  private static let startSeconds = 90.0

  /// One span, as the receiver tells it.
  struct StoredSpan: Sendable {
    let json: JSONValue

    var trace: String? { json["context"]?["trace_id"]?.string }
    var id: String? { json["context"]?["span_id"]?.string }
    var parent: String? { json["parent_id"]?.string }
    var name: String? { json["name"]?.string }
    var status: String? { json["status_code"]?.string }
    var statusMessage: String? { json["status_message"]?.string }
    var attributes: JSONValue? { json["attributes"] }
    var startMicroseconds: Int64? { json["start_time"]?.string.flatMap(Self.microseconds) }
    var endMicroseconds: Int64? { json["end_time"]?.string.flatMap(Self.microseconds) }

    /// Of the day: `2026-11-22T00:33:59.312774+00:00`, without the fraction where there is none.
    private static func microseconds(_ text: String) -> Int64? {
      let time = text.drop { $0 != "T" }.dropFirst().prefix { $0 != "+" && $0 != "Z" }
      let parts = time.split(separator: ".")
      let clock = parts.first?.split(separator: ":").compactMap { Int64($0) } ?? []
      let digits = parts.count > 1 ? String(parts[1]) : ""
      guard clock.count == 3, digits.count <= 6,
        let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count))
      else { return nil }
      return ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * 1_000_000 + fraction
    }
  }

  private let folder = TemporaryFolder()
  private let process: ChildProgram
  private let address: String

  init() async throws {
    let process = try await ChildProgram.start(
      OutsideTool.phoenix.path ?? "phoenix", ["serve", "--no-internet", "--grpc-port", "0"],
      name: "phoenix", in: folder,
      environment: [
        "PHOENIX_HOST=127.0.0.1", "PHOENIX_PORT=0", "PHOENIX_WORKING_DIR=\(folder.path)",
        "PHOENIX_TELEMETRY_ENABLED=false", "PHOENIX_DISABLE_AGENT_ASSISTANT=true",
        "PHOENIX_ENABLE_MCP_SERVER=false", "PHOENIX_ALLOW_EXTERNAL_RESOURCES=false",
        "PHOENIX_ALLOWED_SANDBOX_PROVIDERS=NONE", "PYTHONUNBUFFERED=1",
      ])
    self.process = process
    var address: String?
    try await wait(for: "Phoenix to listen; \(process.tail)", seconds: Self.startSeconds) {
      address = Self.address(in: process.errorOutput + process.output)
      return address != nil || process.end != nil
    }
    guard let address else { throw NotInTime(description: "Phoenix ended; \(process.tail)") }
    self.address = address
  }

  deinit { process.killAndReap() }

  var endpoint: String { "http://\(address)/v1/traces" }
  var tail: String { process.tail }

  private static func address(in log: String) -> String? {
    let line = log.split(separator: "\n").first { $0.contains(listening) }
    let rest = line?.split(separator: "http://").last.map { $0.prefix { $0 != " " } }
    return rest.flatMap { Address(String($0)) }?.description
  }

  /// What it has; nothing before the first trace.
  func spans(limit: Int = 1_000) async throws -> [StoredSpan] {
    let run = try await FinishedProgram.run(
      "/usr/bin/env",
      ["curl", "-sS", "http://\(address)/v1/projects/default/spans?limit=\(limit)"], in: folder)
    let json = try JSONValue(parsing: Array(run.output.utf8))
    return (json["data"]?.array ?? []).map { StoredSpan(json: $0) }
  }
}
