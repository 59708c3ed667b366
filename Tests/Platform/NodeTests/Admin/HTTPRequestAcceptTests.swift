import Testing

@testable import Node

@Suite struct HTTPRequestAcceptTests {
  private func prefers(_ accept: String) -> Bool {
    let text = "GET /metrics HTTP/1.1\r\nAccept: \(accept)\r\n\r\n"
    let step = Array(text.utf8).withUnsafeBytes { HTTPRequest.parse($0) }
    guard case .request(let request, _) = step else { return false }
    return request.prefersOpenMetrics
  }

  @Test(arguments: [
    "application/openmetrics-text", "text/plain;q=0.5, application/openmetrics-text;q=0.6",
    "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
  ])
  func `who asks for OpenMetrics gets it`(accept: String) {
    #expect(prefers(accept))
  }

  @Test(arguments: [
    "", "*/*", "text/plain", "text/html", "application/openmetrics-text;q=0",
    "text/plain, application/openmetrics-text;q=0.9", "application/openmetrics-text;q=x",
  ])
  func `all others get Prometheus' own format`(accept: String) {
    #expect(!prefers(accept))
  }
}
