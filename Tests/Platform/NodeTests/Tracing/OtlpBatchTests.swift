import RPC
import Telemetry
import Testing

@testable import Node

@Suite struct OtlpBatchTests {
  private func request(_ traces: [Trace]) throws -> OtlpExportRequest {
    let request = OtlpExportRequest(traces, version: "1.2")
    // As a receiver sees it.
    return try OtlpExportRequest(decoding: request.encoded())
  }

  private func attributes(_ all: [OtlpKeyValue]) -> [String: OtlpValue.Value] {
    Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0.value?.value ?? .none) })
  }

  @Test func `each replica is a resource with its spans`() throws {
    let request = try request([SampleTraces.trace(1), SampleTraces.trace(2)])
    #expect(request.resourceSpans.map { $0.scopeSpans[0].spans.count } == [4, 2])
    let resource = attributes(request.resourceSpans[1].resource?.attributes ?? [])
    #expect(resource["service.name"] == .string("brigade-inference"))
    #expect(resource["service.instance.id"] == .string("inference-2"))
    // Of a replica only its own word would count: it may be older or newer than who recorded this.
    #expect(resource["service.version"] == nil)
    let own = attributes(request.resourceSpans[0].resource?.attributes ?? [])
    #expect(own["service.name"] == .string("brigade-gateway"))
    #expect(own["service.version"] == .string("1.2"))
    #expect(request.resourceSpans[0].schemaURL == OtlpExportRequest.schemaURL)
    #expect(request.resourceSpans[0].scopeSpans[0].scope?.name == "brigade")
  }

  @Test func `what is said of the recorder is not said of others, but for where all run`() throws {
    var settings = OtlpResourceSettings()
    settings.serviceName = "ranking"
    settings.attributes = try #require(
      OtlpResourceSettings.attributes(
        "deployment.environment.name=prod%2Ceu, host.name=a ,service.name=unused,"
          + "service.namespace=food"))
    let resources = OtlpExportRequest(
      [SampleTraces.trace()], version: "1", resource: settings
    ).resourceSpans.map { attributes($0.resource?.attributes ?? []) }
    #expect(resources[0]["service.name"] == .string("ranking"))
    #expect(resources[0]["host.name"] == .string("a"))
    #expect(resources[1]["service.name"] == .string("brigade-inference"))
    #expect(resources[1]["host.name"] == nil)
    for resource in resources {
      #expect(resource["deployment.environment.name"] == .string("prod,eu"))
      #expect(resource["service.namespace"] == .string("food"))
    }
  }

  @Test(arguments: ["a", "=b", "a=%", "a=%4", "a=%zz", "a=%ff", "a=%+1"])
  func `attributes that can't be read are none`(text: String) {
    #expect(OtlpResourceSettings.attributes(text) == nil)
  }

  @Test func `a span's ids, times, kind and status are where receivers look for them`() throws {
    let request = try request([SampleTraces.trace()])
    let spans = request.resourceSpans[0].scopeSpans[0].spans
    #expect(spans[0].traceID == [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1])
    #expect(spans[0].spanID == [0, 0, 0, 0, 0, 0, 0, 10])
    #expect(spans[0].parentSpanID == [0, 0, 0, 0, 0, 0, 0, 9])
    #expect(spans[0].traceState == "a=b" && spans[0].flags == 1)
    #expect(spans[0].kind == 2 && spans[1].kind == 3)
    #expect(spans[0].status == nil)
    #expect(spans[1].status?.code == 2 && spans[1].status?.message == "UNAVAILABLE: gone")
    #expect(spans[1].startTimeUnixNanoseconds == 1_750_000_000_000_100_000)
    #expect(spans[1].endTimeUnixNanoseconds == 1_750_000_000_000_400_000)
  }

  @Test func `attributes keep their kinds`() throws {
    let request = try request([SampleTraces.trace()])
    let root = attributes(request.resourceSpans[0].scopeSpans[0].spans[0].attributes)
    #expect(root["rpc.response.status_code"] == .string("OK"))
    #expect(root["brigade.degraded"] == .bool(true))
    let client = attributes(request.resourceSpans[0].scopeSpans[0].spans[1].attributes)
    #expect(client == ["brigade.wire_us": .integer(40), "brigade.lost": .bool(true)])
    let server = attributes(request.resourceSpans[1].scopeSpans[0].spans[0].attributes)
    #expect(server == ["share": .number(0.25)])
  }

  @Test func `a root has no parent, and times beyond all time end there`() throws {
    let root = Span(
      id: 1, parent: 0, name: "a", kind: .internal, service: "s", startMicroseconds: 0,
      durationMicroseconds: .max)
    let trace = Trace(
      id: TraceID(high: 0, low: 1), requestID: "", reasons: .asked, startUnixNanoseconds: -5,
      root: root)
    let span = try request([trace]).resourceSpans[0].scopeSpans[0].spans[0]
    #expect(span.parentSpanID.isEmpty && span.kind == 1)
    #expect(span.startTimeUnixNanoseconds == 0 && span.endTimeUnixNanoseconds == .max)
  }

  @Test func `no traces are no resources`() throws {
    #expect(try request([]).resourceSpans.isEmpty)
    #expect(OtlpExportRequest([Trace](), version: "1").encoded().isEmpty)
  }
}
