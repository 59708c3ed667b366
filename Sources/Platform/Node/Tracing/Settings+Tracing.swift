internal import Telemetry

/// How a service that records traces deals with them.
package struct TracingSettings: Equatable, Sendable {
  package var headRate: Double
  /// Of each class.
  package var kept: Int
  package var endpoint: OtlpEndpoint?
  package var logLinesPerSecond: Int

  package init(
    headRate: Double = 0.01, kept: Int = 200, endpoint: OtlpEndpoint? = nil,
    logLinesPerSecond: Int = 10
  ) {
    self.headRate = headRate
    self.kept = kept
    self.endpoint = endpoint
    self.logLinesPerSecond = logLinesPerSecond
  }
}

extension Settings {
  package mutating func otlpEndpoint() -> OtlpEndpoint? {
    value(
      "otlp_endpoint", default: OtlpEndpoint?.none, shown: { $0?.description ?? "none" },
      placeholder: "http://HOST:PORT/v1/traces|none",
      "receiver of kept traces, by OTLP over HTTP with protobuf"
    ) { text throws(SettingProblem) in
      if text.isEmpty || text == "none" { return nil }
      guard let endpoint = OtlpEndpoint(text) else {
        throw SettingProblem("\"\(text)\" is neither http://HOST:PORT/PATH nor none")
      }
      return endpoint
    }
  }

  package mutating func tracing() -> TracingSettings {
    var tracing = TracingSettings()
    tracing.endpoint = otlpEndpoint()
    section("trace", "which requests' traces are kept") { settings in
      tracing.headRate = settings.number(
        "sample_rate", default: tracing.headRate, in: 0...1,
        "share kept by chance; slow, failed, degraded and wanted ones are kept besides")
      tracing.kept = settings.integer(
        "kept", default: tracing.kept, in: 1...10_000, unit: "traces",
        "the last of each class, in memory; one takes about ten kilobytes")
      tracing.logLinesPerSecond = settings.integer(
        "log_lines", default: tracing.logLinesPerSecond, in: 0...1_000, unit: "lines a second",
        "at most, one for each kept trace")
    }
    return tracing
  }
}
