import JSON
import RPC
import Synchronization
import Testing

@testable import HTTP

@Suite struct ConnectHandlerTests {
  private let server: EdgeServer
  private let client: HTTPClient

  init() throws {
    server = try EdgeServer(origins: ["https://a.example"])
    client = try server.client()
  }

  private func code(_ answer: HTTPClient.Answer) throws -> String? {
    #expect(answer.header("Content-Type") == "application/json")
    return try JSONValue(parsing: answer.body)["code"]?.string
  }

  private func message(_ answer: HTTPClient.Answer) throws -> String {
    try JSONValue(parsing: answer.body)["message"]?.string ?? ""
  }

  @Test func `protobuf is answered with protobuf`() throws {
    var request = DescribeRequest()
    request.name = "é"
    try client.send(HTTPClient.post(request.encoded(), type: "application/proto"))
    let answer = try client.answer()
    #expect(answer.status == 200 && answer.header("Content-Type") == "application/proto")
    #expect(try DescribeRequest(decoding: answer.body).name == "é")
    try client.send(HTTPClient.post([0xFF, 0xFF], type: "application/proto"))
    #expect(try code(try client.answer()) == "invalid_argument")
  }

  @Test func `what is wrong with JSON is told with its place`() throws {
    for (body, told) in [
      ("", "1:1"), ("{", "1:2"), (#"{"nme":"x"}"#, "nme"), (#"{"name":5}"#, "name"),
      ("[]", "object"),
      (#"{"name":"a","name":"b"}"#, "twice"),
    ] {
      let answer = try client.call(body)
      #expect(answer.status == 400)
      #expect(try code(answer) == "invalid_argument")
      #expect(try message(answer).contains(told), "\(body): \(answer.text)")
    }
    #expect(try client.call("{}").text == "{}")
  }

  @Test func `errors of handlers keep their code, also of protobuf requests`() throws {
    for (type, body) in [("application/json", Array("{}".utf8)), ("application/proto", [UInt8]())] {
      try client.send(HTTPClient.post("/test.Echo/Fail", body, type: type))
      let answer = try client.answer()
      #expect(answer.status == 500)
      #expect(try code(answer) == "data_loss" && message(answer) == "lost \"it\"")
    }
    #expect(server.observed.ended.withLock { $0.map(\.code) } == [.dataLoss, .dataLoss])
  }

  @Test(arguments: [
    "/", "/test.Echo", "/test.Echo/Hide", "/test.Echo/Absent", "/brigade.v1.Reflection/List",
    "/brigade.v1.Health/Check", "/test.Echo/Say/", "//test.Echo/Say",
  ])
  func `methods that are not for the edge are not there`(path: String) throws {
    let answer = try client.call(path, "{}")
    #expect(answer.status == 404)
    #expect(try code(answer) == "unimplemented")
    #expect(try message(answer).contains("/test.Echo/Say"))
  }

  @Test func `a call ends at its caller's time`() throws {
    for milliseconds in ["0", "50"] {
      let answer = try client.call(
        "/test.Echo/Wait", "{}", headers: ["Connect-Timeout-Ms: \(milliseconds)"])
      #expect(answer.status == 504)
      #expect(try code(answer) == "deadline_exceeded")
    }
    #expect(try client.call("{}").status == 200)
  }

  @Test func `gzip goes both ways, and bombs are refused`() throws {
    let gzip = ZlibCodec(.gzip)
    let name = String(repeating: "many times ", count: 1_000)
    let json = Array(#"{"name":"\#(name)"}"#.utf8)
    let coding = ["Content-Encoding: gzip", "Accept-Encoding: gzip"]
    try client.send(HTTPClient.post(gzip.compress(json), headers: coding))
    let answer = try client.answer()
    #expect(answer.header("Content-Encoding") == "gzip" && answer.body.count < 1_000)
    #expect(try gzip.inflate(answer.body, bytesMax: 1 << 20) == json)
    // Short answers are left as they are.
    try client.send(HTTPClient.post(gzip.compress(Array("{}".utf8)), headers: coding))
    let short = try client.answer()
    #expect(short.header("Content-Encoding") == nil && short.text == "{}")
    let bomb = gzip.compress([UInt8](repeating: 32, count: 64 << 20))
    try client.send(HTTPClient.post(bomb, headers: coding))
    let refused = try client.answer()
    #expect(refused.status == 429)
    #expect(try code(refused) == "resource_exhausted")
    try client.send(HTTPClient.post(Array("{}".utf8), headers: coding))
    #expect(try message(try client.answer()).contains("gzip"))
  }

  @Test func `the trace of the caller goes on, and one is made where there is none`() throws {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let answer = try client.call("{}", headers: ["traceparent: \(text)"])
    let answered = try #require(
      answer.header("traceparent").flatMap { TraceContext(traceparent: $0) })
    let seen = try #require(server.observed.traces.withLock { $0.last })
    #expect(seen == TraceContext(traceparent: text))
    #expect(answered.bytes == seen.bytes && answered.flags == 1)
    #expect(answered.parentSpan != seen.parentSpan)
    let made = try #require(
      try client.call("{}").header("traceparent").flatMap { TraceContext(traceparent: $0) })
    #expect(made.bytes == server.observed.traces.withLock { $0.last }?.bytes)
    #expect(made.bytes != seen.bytes)
  }

  @Test func `whoever is told of a span can be shown it, also where no handler began`() throws {
    let asked = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    for (path, type, body, method) in [
      ("/test.Echo/Say", "application/json", "{", "test.Echo/Say"),
      ("/test.Echo/Say", "application/json", #"{"nme":"x"}"#, "test.Echo/Say"),
      ("/test.Echo/Wait", "application/proto", "no message", "test.Echo/Wait"),
      ("/test.Echo/Gone", "application/json", "{}", "_OTHER"),
    ] {
      try client.send(HTTPClient.post(path, Array(body.utf8), type: type, headers: [asked]))
      let answer = try client.answer()
      let told = try #require(
        answer.header("traceparent").flatMap { TraceContext(traceparent: $0) }, "\(path) \(body)")
      let refused = try #require(server.observed.refused.withLock { $0.popLast() })
      #expect(refused.method == method && refused.trace == told.id)
      #expect(refused.span == told.parentSpan)
      #expect(refused.code == (method == "_OTHER" ? .unimplemented : .invalidArgument))
      #expect(server.observed.refused.withLock { $0.isEmpty })
    }
    // Of what is no call, and nobody asked to see, nothing is told.
    #expect(try client.call("/test.Echo/Gone", "{}").header("traceparent") == nil)
    #expect(server.observed.refused.withLock { $0.isEmpty })
  }

  @Test func `browsers are answered as the configured origins say`() throws {
    try client.send(
      "OPTIONS /test.Echo/Say HTTP/1.1\r\nHost: h\r\nOrigin: https://a.example\r\n"
        + "Access-Control-Request-Method: POST\r\n\r\n")
    let preflight = try client.answer(hasBody: false)
    #expect(preflight.status == 204)
    #expect(preflight.header("Access-Control-Allow-Origin") == "https://a.example")
    for (path, body) in [("/test.Echo/Say", "{}"), ("/test.Echo/Say", "{"), ("/no", "{}")] {
      let own = try client.call(path, body, headers: ["Origin: https://a.example"])
      #expect(own.header("Access-Control-Allow-Origin") == "https://a.example")
      let other = try client.call(path, body, headers: ["Origin: https://b.example"])
      #expect(other.header("Access-Control-Allow-Origin") == nil)
    }
  }

  @Test func `too many calls are refused, and may be tried elsewhere`() throws {
    var limits = Limits()
    limits.callsRunningMax = 1
    let server = try EdgeServer(limits)
    let first = try server.client()
    try first.send(HTTPClient.post("/test.Echo/Wait", Array("{}".utf8)))
    try eventually("it runs") { server.observed.started.load(ordering: .relaxed) == 1 }
    let answer = try server.client().call("{")
    #expect(answer.status == 503)
    #expect(try code(answer) == "unavailable")
  }
}
