internal import Telemetry

/// How a service that records traces deals with them.
package struct TracingSettings: Equatable, Sendable {
  package var headRate: Double
  /// Of each class.
  package var kept: Int
  package var endpoint: OtlpEndpoint?
  package var logLinesPerSecond: Int
  package var resource = OtlpResourceSettings()

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
      "receiver of kept traces, by OTLP over HTTP with protobuf; "
        + "or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or OTEL_EXPORTER_OTLP_ENDPOINT with /v1/traces",
      variables: [
        SettingVariable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") { OtlpEndpoint.asItIs($0) },
        SettingVariable("OTEL_EXPORTER_OTLP_ENDPOINT") {
          ($0.hasSuffix("/") ? String($0.dropLast()) : $0) + "/v1/traces"
        },
      ]
    ) { text throws(SettingProblem) in
      if text.isEmpty || text == "none" { return nil }
      guard let endpoint = OtlpEndpoint(text) else {
        throw SettingProblem("\"\(text)\" is neither http://HOST:PORT/PATH nor none")
      }
      return endpoint
    }
  }

  private mutating func otlpResource() -> OtlpResourceSettings {
    var resource = OtlpResourceSettings()
    resource.serviceName = value(
      "otlp_service_name", default: "", shown: { $0 },
      "service.name of this process's own spans, by default the program's; or OTEL_SERVICE_NAME",
      variables: [SettingVariable("OTEL_SERVICE_NAME") { $0 }]
    ) { text throws(SettingProblem) in text }
    resource.attributes = value(
      "otlp_resource_attributes", default: [], shown: { OtlpResourceSettings.text($0) },
      placeholder: "NAME=VALUE,…",
      "of this process's own spans, deployment.* and service.namespace of all; "
        + "or OTEL_RESOURCE_ATTRIBUTES",
      variables: [SettingVariable("OTEL_RESOURCE_ATTRIBUTES") { $0 }]
    ) { text throws(SettingProblem) in
      guard let attributes = OtlpResourceSettings.attributes(text) else {
        throw SettingProblem(
          "\"\(text)\" is not NAME=VALUE,… of at most \(OtlpResourceSettings.attributesMax)")
      }
      return attributes
    }
    return resource
  }

  package mutating func tracing() -> TracingSettings {
    var tracing = TracingSettings()
    tracing.endpoint = otlpEndpoint()
    tracing.resource = otlpResource()
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
