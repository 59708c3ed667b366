import Node
import RPC
import Testing

@Suite struct OtlpEndpointTests {
  @Test(arguments: [
    ("http://127.0.0.1:9/x/y", "127.0.0.1:9", "/x/y"),
    ("http://collector", "collector:4318", "/v1/traces"),
    ("http://collector/", "collector:4318", "/"),
    ("http://collector:1/v1/traces?key=a", "collector:1", "/v1/traces?key=a"),
    ("http://[::1]:5", "[::1]:5", "/v1/traces"), ("http://[::1]", "[::1]:4318", "/v1/traces"),
  ])
  func `port and path may be left out`(text: String, address: String, path: String) throws {
    let endpoint = try #require(OtlpEndpoint(text))
    #expect(endpoint.address.description == address && endpoint.path == path)
    #expect(OtlpEndpoint(endpoint.description) == endpoint)
  }

  @Test(arguments: [
    "", "collector:4318", "https://collector:4318", "http://", "http://:1", "http://a:x/",
    "http://a b/", "http://a/\r\nX: y", "http://a/#x", "http://a:99999/", "http://unix:/x",
  ])
  func `anything else is none`(text: String) {
    #expect(OtlpEndpoint(text) == nil)
  }
}
