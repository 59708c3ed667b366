import RPC
import Testing

/// `brigade.v1.Health/Check` with the meaning of gRPC's.
@Suite struct HealthStatusTests {
  private func check(_ service: String, at peer: RawPeer) throws -> (Code?, ServingStatus) {
    var request = HealthRequest()
    request.service = service
    try peer.request(1, "brigade.v1.Health/Check", request)
    let (head, body) = try peer.response()
    return (Code(rawValue: head.code), try HealthResponse(decoding: body).status)
  }

  @Test func `the process and its services serve once they are told to, and no longer`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    let known = ["", "test.Echo", "brigade.v1.Health", "brigade.v1.Reflection"]
    for serving in [true, false, true] {
      test.server.setServing(serving)
      for service in known {
        #expect(
          try check(service, at: peer) == (.ok, serving ? .serving : .notServing), "\(service)")
      }
    }
  }

  @Test func `a service that is not here is not found`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    for service in ["brigade.v1.Nobody", "test.Echo/Say", "TEST.ECHO"] {
      #expect(try check(service, at: peer).0 == .notFound, "\(service)")
    }
  }
}
