import HTTP
import RPC
import ServingSupport
import Testing

@testable import Node

@Suite struct SettingsEdgeTests {
  private struct EdgeOnly: Configuration {
    let edge: ConnectEdge?
    init(reading settings: inout Settings) { edge = settings.edge(methods: ["a.B/C"]) }
  }

  @Test(arguments: [[], ["--edge", "none"], ["--edge", "", "--edge-cors-origins", "*"]])
  func `the port is closed unless it is asked for`(arguments: [String]) throws {
    #expect(try TestSettings.read(EdgeOnly.self, arguments).edge == nil)
  }

  @Test func `address, origins and limits are taken`() throws {
    let edge = try #require(
      try TestSettings.read(
        EdgeOnly.self,
        [
          "--edge", "127.0.0.1:8080", "--edge-cors-origins",
          "https://a.example,http://localhost:3000", "--edge-body-bytes-max", "2048",
          "--edge-connections-max", "7",
        ]
      ).edge)
    #expect(edge.address == .tcp(host: "127.0.0.1", port: 8_080) && edge.methods == ["a.B/C"])
    #expect(edge.crossOrigin.origins == ["https://a.example", "http://localhost:3000"])
    #expect(edge.limits.bodyBytesMax == 2_048 && edge.limits.connectionsMax == 7)
    #expect(edge.limits.headMilliseconds == HTTPLimits().headMilliseconds)
  }

  @Test(arguments: [
    ["--edge", "8080"], ["--edge-cors-origins", "example.com"],
    ["--edge-cors-origins", "https://a.example/"], ["--edge-cors-origins", "https://A.example"],
    ["--edge-cors-origins", "https://*.a.example/x"], ["--edge-body-bytes-max", "0"],
  ])
  func `what can't be meant is refused`(arguments: [String]) {
    #expect(TestSettings.problems(EdgeOnly.self, arguments).count == 1)
  }
}
