import JSON
import RPC
import Testing

@testable import HTTP

@Suite struct ConnectRequestTests {
  private func read(
    _ headers: [(String, String)], type: String? = "application/json", method: String = "POST"
  ) -> ConnectRequest.Reading {
    var request = HTTPRequest(method: method, path: "/", query: "", keepsAlive: true)
    request.headers = headers.map { HTTPRequest.Header(name: $0.0, value: $0.1) }
    if let type { request.headers.append(HTTPRequest.Header(name: "content-type", value: type)) }
    return ConnectRequest.read(request)
  }

  private func request(
    _ headers: [(String, String)] = [], type: String = "application/json"
  ) throws -> ConnectRequest {
    guard case .request(let request) = read(headers, type: type) else {
      throw RPCError(.internal, "refused")
    }
    return request
  }

  private func refusal(
    _ headers: [(String, String)] = [], type: String? = "application/json", method: String = "POST"
  ) throws -> (status: Int, code: String?, headers: [String: String]) {
    guard case .refused(let response) = read(headers, type: type, method: method) else {
      throw RPCError(.internal, "taken")
    }
    return (
      response.status.code, try JSONValue(parsing: response.body)["code"]?.string,
      Dictionary(
        response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    )
  }

  @Test func `a request without more than its type gets the defaults`() throws {
    let plain = try request()
    #expect(plain.codec == .json && plain.timeoutMilliseconds == nil)
    #expect(!plain.isCompressed && !plain.takesGzip && !plain.trace.isPresent)
  }

  @Test(arguments: [
    ("application/json", ConnectRequest.Codec.json), ("Application/JSON; charset=UTF-8", .json),
    ("application/json;charset=\"utf-8\"", .json), ("application/proto", .proto),
  ])
  func `the types of the unary form are known`(type: String, codec: ConnectRequest.Codec) throws {
    #expect(try request(type: type).codec == codec)
  }

  @Test(arguments: [
    nil, "", "text/plain", "application/connect+json", "application/grpc",
    "application/json; charset=latin1", "application/proto; x=y", "application/jsonx",
  ])
  func `other types are refused with those that there are`(type: String?) throws {
    let refused = try refusal(type: type)
    #expect(refused.status == 415)
    #expect(refused.headers["Accept-Post"] == "application/json, application/proto")
    #expect(try refusal([("content-type", "application/json")], type: type ?? "x").status == 415)
  }

  @Test(arguments: ["GET", "HEAD", "PUT", "OPTIONS", "post"])
  func `only POST calls`(method: String) throws {
    let refused = try refusal(method: method)
    #expect(refused.status == 405 && refused.headers["Allow"] == "POST")
  }

  @Test func `a time is digits, ten at most`() throws {
    #expect(try request([("connect-timeout-ms", "0")]).timeoutMilliseconds == 0)
    #expect(
      try request([("connect-timeout-ms", "9999999999")]).timeoutMilliseconds == 9_999_999_999)
    for text in ["", "-1", "+1", "1.5", "1s", " 1", "10000000000", "1e3", "٣"] {
      let refused = try refusal([("connect-timeout-ms", text)])
      #expect(refused.status == 400 && refused.code == "invalid_argument", "\(text)")
    }
    #expect(
      try refusal([("connect-timeout-ms", "1"), ("connect-timeout-ms", "1")]).status == 400)
  }

  @Test func `another version of the protocol is refused`() throws {
    _ = try request([("connect-protocol-version", "1")])
    #expect(try refusal([("connect-protocol-version", "2")]).code == "invalid_argument")
  }

  @Test func `of compressions gzip is taken`() throws {
    #expect(try request([("content-encoding", "GZIP")]).isCompressed)
    #expect(try !request([("content-encoding", "identity")]).isCompressed)
    for coding in ["br", "gzip, gzip", "deflate", ""] {
      let refused = try refusal([("content-encoding", coding)])
      #expect(refused.status == 501 && refused.code == "unimplemented", "\(coding)")
      #expect(refused.headers["Accept-Encoding"] == "gzip")
    }
  }

  @Test(arguments: [
    ("gzip", true), ("br, GZIP;q=0.5", true), ("*", true), ("gzip;q=0", false),
    ("gzip;q=0.000, *", false), ("*;q=0", false), ("*;q=0, gzip", true), ("identity", false),
    ("", false), ("gzip;q=x", false),
  ])
  func `what is accepted is weighed`(value: String, takes: Bool) throws {
    #expect(try request([("accept-encoding", value)]).takesGzip == takes)
  }

  @Test func `a trace is taken over when it is one`() throws {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    #expect(try request([("traceparent", text)]).trace.traceLow == 0xa3ce_929d_0e0e_4736)
    #expect(try !request([("traceparent", "nonsense")]).trace.isPresent)
    #expect(try !request([("traceparent", text), ("traceparent", text)]).trace.isPresent)
  }

  @Test func `a trace's state is taken over with it, and only with it`() throws {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    let state = [("tracestate", "a=1, b=2"), ("tracestate", "c=3")]
    #expect(try request([("traceparent", text)] + state).tracestate == "a=1,b=2,c=3")
    #expect(try request(state).tracestate.isEmpty)
    #expect(try request([("traceparent", text), ("tracestate", "A=1")]).tracestate.isEmpty)
  }
}
