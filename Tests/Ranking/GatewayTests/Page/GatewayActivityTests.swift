import JSON
import Messages
import Node
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Gateway

/// The page and its data as a running gateway answers them.
@Suite struct GatewayActivityTests {
  private func json(_ path: String, _ gateway: RunningGateway) throws -> JSONValue {
    let answer = try #require(gateway.page(path))
    #expect(answer.status == 200 && answer.contentType == "application/json")
    #expect(answer.headers.contains { $0 == ("Cache-Control", "no-store") })
    return try JSONValue(parsing: Array(answer.body.utf8))
  }

  @Test func `the page is one file that may load nothing from elsewhere`() async throws {
    let gateway = try await RunningGateway()
    let page = try #require(gateway.page("/"))
    #expect(page.status == 200 && page.contentType == "text/html; charset=utf-8")
    #expect(page.body.hasPrefix("<!doctype html>") && page.body.hasSuffix("</html>\n"))
    let policy = try #require(page.headers.first { $0.key == "Content-Security-Policy" }).value
    #expect(policy.hasPrefix("default-src 'none';") && policy.contains("connect-src 'self'"))
    #expect(!policy.contains("http") && !policy.contains("*"))
    for way in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "src="] {
      #expect(!page.body.contains(way), "\(way): data could become markup, or come from elsewhere")
    }
    #expect(gateway.page("/else") == nil)
  }

  @Test func `what a gateway answered and who answered it is told`() async throws {
    let gateway = try await RunningGateway()
    for _ in 0..<3 { _ = try await gateway.rank() }
    await #expect(throws: (any Error).self) { try await gateway.rank { $0.place?.latitude = 400 } }
    let status = try json("/status", gateway)
    #expect(status["replica"]?.string == "gateway-1")
    #expect(status["requests"]?["answered"]?.int64 == 3)
    #expect(status["requests"]?["rejected"]?.int64 == 1)
    #expect(status["requests"]?["failed"]?.int64 == 0)
    #expect(status["hops"]?.array?.map { $0["calls"]?.int64 } == [3, 3, 3, 3])
    #expect(status["models"]?.array?.first?["name"]?.string == "taste/3")
    let services = try #require(status["services"]?.array)
    #expect(services.map { $0["name"]?.string } == ["retrieval", "features", "inference"])
    #expect(status["experiments"]?["underWay"]?.array?.isEmpty == true)
    #expect(try json("/history", gateway)["answered"]?.array != nil)
  }

  @Test func `arms that were answered are told`() async throws {
    let folder = TemporaryFolder()
    typealias S = SampleExperiments
    folder.write(
      Array(S.text(S.layer("policy", unit: #""request""#, S.experiment("variety"))).utf8),
      to: S.file)
    let gateway = try await RunningGateway(["--experiments", folder.file(S.file)])
    for _ in 0..<3 { _ = try await gateway.rank() }
    let told = try #require(try json("/status", gateway)["experiments"]?["underWay"]?.array?.first)
    #expect(told["name"]?.string == "variety" && told["share"]?.double == 1)
    let requests = (told["arms"]?.array ?? []).compactMap { $0["requests"]?.int64 }
    #expect(requests.count == 2 && requests.reduce(0, +) == 3)
  }

  @Test func `replicas are told as the gateway's loop sees them`() async throws {
    let gateway = try await RunningGateway(absent: ["inference"])
    _ = try await gateway.rank()
    var services: [JSONValue] = []
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while Instant.now() < deadline {
      services = try json("/status", gateway)["services"]?.array ?? []
      if services.first?["ready"]?.int64 == 1 { break }
      try await Task.sleep(for: .milliseconds(10))
    }
    let replica = try #require(services.first?["replicas"]?.array?.first)
    #expect(replica["name"]?.string == "fake-1" && replica["state"]?.string == "ready")
    #expect(replica["address"]?.string?.hasPrefix("127.0.0.1:") == true)
    #expect(services.last?["known"]?.int64 == 0)
    let status = try json("/status", gateway)
    #expect(status["requests"]?["degraded"]?.int64 == 1)
    #expect(status["reasons"]?.array?.first?["why"]?.string?.contains("no replica") == true)
  }
}
