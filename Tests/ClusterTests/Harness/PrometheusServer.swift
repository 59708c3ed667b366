import JSON
import RPC
import Telemetry
import TestSupport

@testable import Commands

/// Debian's Prometheus with the configuration and the rules that are shipped, but for where it finds
/// its targets and for how long it waits.
final class PrometheusServer {
  private static let every = "250ms"

  let folder = TemporaryFolder()
  private let process: ChildProgram
  private let address: String

  /// - Parameter targets: admin ports.
  init(scraping targets: [String]) async throws {
    folder.write(Self.configuration(targets), to: "prometheus.yml")
    folder.write(Self.impatient(DeployedFile("prometheus/alerts.yml")), to: "alerts.yml")
    let process = try await ChildProgram.start(
      OutsideTool.prometheus.path ?? "prometheus",
      [
        "--config.file=\(folder.file("prometheus.yml"))",
        "--storage.tsdb.path=\(folder.file("data"))", "--web.listen-address=127.0.0.1:0",
        "--enable-feature=exemplar-storage",
      ], name: "prometheus", in: folder)
    self.process = process
    var address: String?
    try await wait(for: "Prometheus to listen; \(process.tail)", seconds: 60) {
      address = Self.address(in: process.errorOutput)
      return address != nil || process.end != nil
    }
    guard let address else {
      throw NotInTime(description: "Prometheus ended; \(process.tail)")
    }
    self.address = address
    try await wait(for: "all \(targets.count) targets; \(process.tail)", seconds: 60) {
      try await value(of: #"sum(up{job="brigade"})"#) == Double(targets.count)
    }
  }

  deinit { process.killAndReap() }

  /// The file's own comment says what stands in the place of Kubernetes.
  private static func configuration(_ targets: [String]) -> String {
    let shipped = DeployedFile("prometheus/prometheus.yml").lines
    let kept = shipped.prefix { !$0.hasPrefix("    kubernetes_sd_configs:") }
    precondition(kept.count < shipped.count, "the shipped configuration is another one")
    var lines = kept.map { line in
      line.hasPrefix("  scrape_interval:")
        ? "  scrape_interval: \(every)\n  evaluation_interval: \(every)" : String(line)
    }
    let listed = targets.map { "\"\($0)\"" }.joined(separator: ", ")
    lines.append("    static_configs: [{targets: [\(listed)]}]")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The rules, going off at once.
  private static func impatient(_ rules: DeployedFile) -> String {
    rules.lines.map { $0.hasPrefix("        for: ") ? "        for: \(every)" : String($0) }
      .joined(separator: "\n")
  }

  private static func address(in log: String) -> String? {
    let line = log.split(separator: "\n").first { $0.contains("msg=\"Listening on\"") }
    return line?.split(separator: "address=").last.map { String($0.prefix { $0 != " " }) }
  }

  // MARK: Asking

  private func answer(_ path: String, _ arguments: [String] = []) async throws -> JSONValue? {
    let run = try await FinishedProgram.run(
      "/usr/bin/env",
      ["curl", "-sS", "--get", "http://\(address)/api/v1/\(path)"] + arguments, in: folder)
    // It answers 503 until it is ready.
    let json = try? JSONValue(parsing: Array(run.output.utf8))
    return json?["status"]?.string == "success" ? json?["data"] : nil
  }

  /// The first value of an expression now; nil where there is none.
  func value(of expression: String) async throws -> Double? {
    let data = try await answer("query", ["--data-urlencode", "query=\(expression)"])
    let sample = data?["result"]?.array?.first?["value"]?.array?.last
    return sample?.string.flatMap { Double($0) }
  }

  struct LoadedRule: Sendable {
    let name: String
    /// `ok`, `err`, or `unknown` before it was evaluated.
    let health: String
    let error: String
  }

  func rules() async throws -> [LoadedRule] {
    let groups = try await answer("rules")?["groups"]?.array ?? []
    return groups.flatMap { $0["rules"]?.array ?? [] }.map { rule in
      LoadedRule(
        name: rule["name"]?.string ?? "", health: rule["health"]?.string ?? "",
        error: rule["lastError"]?.string ?? "")
    }
  }

  /// Ids of traces that a metric's exemplars lead to.
  func exemplarTraces(of metric: String) async throws -> Set<String> {
    let now = wallClockMilliseconds() / 1_000
    let data = try await answer(
      "query_exemplars",
      [
        "--data-urlencode", "query=\(metric)", "-d", "start=\(now - 600)", "-d", "end=\(now + 60)",
      ])
    let exemplars = (data?.array ?? []).flatMap { $0["exemplars"]?.array ?? [] }
    return Set(exemplars.compactMap { $0["labels"]?["trace_id"]?.string })
  }

  func isFiring(_ alert: String, labels: String = "") async throws -> Bool {
    let series = #"ALERTS{alertname="\#(alert)", alertstate="firing"\#(labels)}"#
    return try await value(of: series) == 1
  }
}
