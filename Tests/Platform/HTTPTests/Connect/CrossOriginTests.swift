import Testing

@testable import HTTP

@Suite struct CrossOriginTests {
  private func request(_ origin: String?, asks: Bool = false) -> HTTPRequest {
    var request = HTTPRequest(
      method: asks ? "OPTIONS" : "POST", path: "/", query: "", keepsAlive: true)
    if let origin { request.headers.append(.init(name: "origin", value: origin)) }
    if asks {
      request.headers.append(.init(name: "access-control-request-method", value: "POST"))
    }
    return request
  }

  private func header(_ name: String, in headers: [(String, String)]) -> String? {
    headers.first { $0.0 == name }?.1
  }

  @Test func `a port that is closed to other sites says nothing`() {
    let closed = CrossOrigin()
    #expect(closed.headers(for: request("https://a.example")).isEmpty)
    #expect(closed.preflight(request("https://a.example", asks: true)) == nil)
  }

  @Test func `a listed site may call, others may not`() throws {
    let some = CrossOrigin(["https://a.example", "https://b.example"])
    let allowed = some.headers(for: request("https://b.example"))
    #expect(header("Access-Control-Allow-Origin", in: allowed) == "https://b.example")
    #expect(header("Access-Control-Expose-Headers", in: allowed) == "Traceparent")
    #expect(header("Vary", in: allowed) == "Origin")
    for other in [nil, "https://c.example", "https://a.example.evil", "null"] {
      let headers = some.headers(for: request(other))
      #expect(headers.map(\.0) == ["Vary"], "\(other ?? "none")")
      let answer = try #require(some.preflight(request(other, asks: true)))
      #expect(answer.status.code == 204 && answer.headers.map(\.name) == ["Vary"])
    }
  }

  @Test func `a browser that asks first is told method, headers and for how long`() throws {
    let answer = try #require(
      CrossOrigin(["*"]).preflight(request("https://x.example", asks: true)))
    let headers = answer.headers.map { ($0.name, $0.value) }
    #expect(header("Access-Control-Allow-Origin", in: headers) == "*")
    #expect(header("Access-Control-Allow-Methods", in: headers) == "POST")
    #expect(
      header("Access-Control-Allow-Headers", in: headers)?.contains("Connect-Timeout-Ms") == true)
    #expect(header("Access-Control-Max-Age", in: headers) == "7200")
    #expect(header("Vary", in: headers) == nil)
    #expect(CrossOrigin(["*"]).preflight(request("https://x.example")) == nil)
  }
}
