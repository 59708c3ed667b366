@testable internal import RPC

/// An address that the kernel connects to and where nobody ever says a word. The descriptor stays
/// open for the rest of the test process.
func silentAddress() throws -> Address {
  let asked = Address.tcp(host: "127.0.0.1", port: 0)
  return try Socket.listening(at: asked).bound(asked)
}
