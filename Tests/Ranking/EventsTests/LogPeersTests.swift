import RPC
import Testing

@testable import Events

struct LogPeersTests {
  @Test func `a file lists an address a line`() {
    let text = "# the log\n127.0.0.1:7 # one\n\nnonsense\n unix:/a \n127.0.0.1:7\n"
    #expect(
      LogPeers.parse(text) == [.tcp(host: "127.0.0.1", port: 7), .unix(path: "/a")])
  }

  @Test func `a list longer than any cluster is cut`() {
    let text = (1...100).map { "127.0.0.1:\($0)\n" }.joined()
    #expect(LogPeers.parse(text).count == LogPeers.peersMax)
  }
}
