import HTTP
import RPC
import ServingSupport
import TestSupport
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

  private struct WithNode: Configuration {
    let edge: ConnectEdge?
    init(reading settings: inout Settings) {
      _ = NodeSettings(reading: &settings)
      edge = settings.edge(methods: ["a.B/C"])
    }
  }

  @Test func `beyond this machine it is opened only as the node's other ports are`() throws {
    let folder = TemporaryFolder()
    folder.write("0123456789abcdef\n", to: "token")
    let far = ["--edge", "0.0.0.0:8080"]
    #expect(
      TestSettings.problems(WithNode.self, far) == [
        "--edge: 0.0.0.0:8080 is reached from other machines: give --token-file, or --insecure"
      ])
    let address = Address.tcp(host: "0.0.0.0", port: 8_080)
    for way in [["--insecure"], ["--token-file", folder.file("token")]] {
      #expect(try TestSettings.read(WithNode.self, far + way).edge?.address == address)
    }
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
