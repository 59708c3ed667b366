import JSON
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Node

@Suite struct TraceKeeperTests {
  private final class Lines: Sendable {
    let all = Guarded<[String]>([])
    var sink: LogSink {
      { line in
        self.all.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        return true
      }
    }
  }

  private func environment(_ lines: Lines) -> ServiceEnvironment {
    ServiceEnvironment(
      identity: Identity(replica: "gateway-1", software: "test"), log: Log(sink: lines.sink),
      metrics: MetricsRegistry())
  }

  @Test func `a kept trace is on the page, counted, and told in one line of the log`() throws {
    let lines = Lines()
    let environment = environment(lines)
    let keeper = try TraceKeeper(TracingSettings(), in: environment)
    keeper.keep(SampleTraces.trace(5, reasons: [.slow, .degraded]))
    let page = try #require(
      environment.pages.answer(
        HTTPRequest(method: "GET", path: "/traces/r5", query: "", keepsAlive: true)))
    #expect(page.status == 200 && page.body.contains("\"requestId\":\"r5\""))
    #expect(
      environment.metrics.renderPrometheus().contains(
        "brigade_traces_kept_total{class=\"degraded\"} 1\n"))
    let told = lines.all.withLock { $0 }
    #expect(told.count == 1)
    let line = try #require(told.first)
    #expect(line.contains(" level=info msg=\"request\" trace_id=00000000000001020000000000000005 "))
    #expect(line.contains(" class=degraded,slow duration_us=500 code=OK "))
  }

  @Test func `the line of what failed or was degraded says why, and what was waited for`() throws {
    let lines = Lines()
    let keeper = try TraceKeeper(TracingSettings(), in: environment(lines))
    keeper.keep(SampleTraces.trace(1, reasons: .degraded))
    var failed = SampleTraces.trace(2, reasons: [.failed, .asked])
    failed.root.fail("DEADLINE_EXCEEDED: too late")
    keeper.keep(failed)
    var refused = SampleTraces.trace(3, reasons: .asked)
    refused.root.add("brigade.message", "user_id: of somebody")
    keeper.keep(refused)
    let told = lines.all.withLock { $0 }
    try #require(told.count == 3)
    #expect(told[0].contains(#" why="Inference/Score: UNAVAILABLE: gone" "#), "\(told[0])")
    #expect(
      told[0].contains(
        " waited_hop=Inference/Score waited_replica=inference-2 waited_part=handler waited_us=260"),
      "\(told[0])")
    #expect(told[1].contains(#" why="DEADLINE_EXCEEDED: too late" "#), "\(told[1])")
    // What is wrong with a request may be told in its caller's words.
    #expect(!told[2].contains("why=") && !told[2].contains("somebody"), "\(told[2])")
  }

  @Test func `a service adds to the line what it knows of the request, if anything`() throws {
    let lines = Lines()
    let keeper = try TraceKeeper(TracingSettings(), in: environment(lines)) { trace in
      trace.requestID == "r1" ? ["experiments": "variety=single,next=old"] : [:]
    }
    keeper.keep(SampleTraces.trace(1))
    keeper.keep(SampleTraces.trace(2))
    let told = lines.all.withLock { $0 }
    try #require(told.count == 2)
    #expect(
      told[0].hasSuffix(#" requests_left_out_before=0 experiments="variety=single,next=old"\#n"#))
    #expect(told[1].hasSuffix(" requests_left_out_before=0\n"))
  }

  @Test func `a flood of traces is not a flood of lines`() throws {
    let lines = Lines()
    let keeper = try TraceKeeper(
      TracingSettings(kept: 2, logLinesPerSecond: 3), in: environment(lines))
    for number in UInt64(1)...500 { keeper.keep(SampleTraces.trace(number)) }
    // A slow machine may get some more, at three a second.
    #expect((3...100).contains(lines.all.withLock { $0.count }))
  }

  @Test func `what is kept goes to the receiver`() throws {
    let receiver = try OtlpReceiver()
    let keeper = try TraceKeeper(
      TracingSettings(endpoint: receiver.endpoint), in: environment(Lines()))
    keeper.keep(SampleTraces.trace())
    keeper.finish(before: .now().adding(milliseconds: Patience.milliseconds))
    #expect(receiver.taken.count == 1)
  }
}

@Suite struct LineAllowanceTests {
  @Test func `so many are allowed at once and so many a second, and the gap is told`() {
    let start = Instant(nanoseconds: 0)
    var allowance = LineAllowance(perSecond: 2, now: start)
    #expect((0..<5).map { _ in allowance.take(start) } == [0, 0, nil, nil, nil])
    #expect(allowance.take(start.adding(milliseconds: 499)) == nil)
    #expect(allowance.take(start.adding(milliseconds: 500)) == 4)
    #expect(allowance.take(start.adding(milliseconds: 100_000)) == 0)
    #expect(allowance.take(start.adding(milliseconds: 100_000)) == 0)
    #expect(allowance.take(start.adding(milliseconds: 100_000)) == nil)
  }

  @Test func `none a second is none`() {
    var allowance = LineAllowance(perSecond: 0, now: Instant(nanoseconds: 0))
    #expect(allowance.take(Instant(nanoseconds: .max)) == nil)
  }
}

@Suite struct TracingSettingsTests {
  private struct Only: Configuration {
    let tracing: TracingSettings
    init(reading settings: inout Settings) { tracing = settings.tracing() }
  }

  @Test func `flags set them, and what can't be is refused with its place`() throws {
    #expect(try TestSettings.read(Only.self).tracing == TracingSettings())
    let tracing = try TestSettings.read(
      Only.self,
      [
        "--otlp-endpoint", "http://collector:4318/v1/traces", "--trace.sample-rate", "0.5",
        "--trace.kept", "7", "--trace.log-lines", "0",
      ]
    ).tracing
    #expect(
      tracing
        == TracingSettings(
          headRate: 0.5, kept: 7, endpoint: OtlpEndpoint("http://collector:4318"),
          logLinesPerSecond: 0))
    #expect(
      TestSettings.problems(Only.self, ["--otlp-endpoint", "collector:4318"]) == [
        "--otlp-endpoint: \"collector:4318\" is neither http://HOST:PORT/PATH nor none"
      ])
    #expect(!TestSettings.problems(Only.self, ["--trace.sample-rate", "2"]).isEmpty)
  }

  private func tracing(
    _ environment: [String: String], _ arguments: [String] = [], file: String? = nil
  ) throws -> TracingSettings {
    try TestSettings.read(Only.self, arguments, file: file, environment: environment).tracing
  }

  @Test func `OpenTelemetry's variables set the receiver, over the file and under flags`() throws {
    let whole = "OTEL_EXPORTER_OTLP_ENDPOINT"
    let traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    func endpoint(
      _ environment: [String: String], _ arguments: [String] = [], file: String? = nil
    ) throws -> String? {
      try tracing(environment, arguments, file: file).endpoint?.description
    }
    #expect(try endpoint([whole: "http://a:1"]) == "http://a:1/v1/traces")
    #expect(try endpoint([whole: "http://a:1/base/"]) == "http://a:1/base/v1/traces")
    // Used as it is.
    #expect(try endpoint([whole: "http://a:1", traces: "http://b:2/x"]) == "http://b:2/x")
    #expect(try endpoint([traces: "http://b:2"]) == "http://b:2/")
    #expect(try endpoint([whole: "", traces: ""]) == nil)
    let file = #"{"otlp_endpoint": "http://c:3/y"}"#
    #expect(try endpoint([:], file: file) == "http://c:3/y")
    #expect(try endpoint([whole: "http://a:1"], file: file) == "http://a:1/v1/traces")
    let flag = ["--otlp-endpoint", "http://d:4"]
    #expect(try endpoint([traces: "no URL"], flag, file: file) == "http://d:4/v1/traces")
    #expect(try endpoint([traces: "http://b:2"], ["--otlp-endpoint", "none"]) == nil)
    #expect(throws: TestSettings.Refused.self) { try endpoint([traces: "https://b:2"]) }
  }

  @Test func `OpenTelemetry's variables name the service and what is true of it`() throws {
    let resource = try tracing([
      "OTEL_SERVICE_NAME": "ranking", "OTEL_RESOURCE_ATTRIBUTES": "a=1,b=%C3%A9",
    ]).resource
    #expect(resource.serviceName == "ranking")
    #expect(resource.attributes.map { "\($0.name) \($0.value)" } == ["a 1", "b é"])
    #expect(
      try tracing(["OTEL_SERVICE_NAME": "x"], ["--otlp-service-name", "y"]).resource.serviceName
        == "y")
    #expect(throws: TestSettings.Refused.self) { try tracing(["OTEL_RESOURCE_ATTRIBUTES": "a"]) }
  }
}
