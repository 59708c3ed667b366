import RPC
import Testing

@Suite struct AddressTests {
  @Test(
    arguments: [
      ("localhost:80", "localhost", 80), ("127.0.0.1:0", "127.0.0.1", 0),
      ("[::1]:9000", "::1", 9_000), ("features-2.cluster:65535", "features-2.cluster", 65_535),
    ] as [(String, String, UInt16)])
  func `a host and a port are read and written`(text: String, host: String, port: UInt16) {
    #expect(Address(text) == .tcp(host: host, port: port))
    #expect(Address(text)?.description == text)
  }

  @Test func `a Unix path is read and written`() {
    #expect(Address("unix:/run/brigade.sock") == .unix(path: "/run/brigade.sock"))
    #expect(Address("unix:/run/brigade.sock")?.description == "unix:/run/brigade.sock")
  }

  @Test func `a path longer than the kernel takes is refused`() {
    let longest = "/" + String(repeating: "p", count: Address.pathBytesMax - 1)
    #expect(Address("unix:" + longest) == .unix(path: longest))
    #expect(Address("unix:" + longest + "p") == nil)
    #expect(Address("unix:") == nil)
  }

  @Test(arguments: [
    "", "host", "host:", ":80", "host:65536", "host:-1", "host:+80", "host:80x", "host: 80",
    "::1:80", "[]:80", "host:８０", "[[a]]:80", "a b:80", "ho\tst:80", "b\u{FC}ro:80", "unix:/a\0b",
  ])
  func `what is no address is refused`(text: String) {
    #expect(Address(text) == nil)
  }

  @Test(arguments: [
    ("localhost:1", true), ("127.0.0.1:1", true), ("127.255.3.4:1", true), ("[::1]:1", true),
    ("unix:/x", true), ("0.0.0.0:1", false), ("10.0.0.1:1", false), ("[::]:1", false),
    ("127.example.com:1", false), ("127.0.0.1.example.com:1", false), ("127.0.0.256:1", false),
  ])
  func `only what stays on this machine is loopback`(text: String, expected: Bool) throws {
    #expect(try #require(Address(text)).isLoopback == expected)
  }
}
