import RPC
import Testing

@Suite struct ServerDrainTests {
  @Test func `a drain lets calls end, refuses new ones and closes as done`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.wait.name, test.named(""), budgetMicroseconds: 1_500_000)
    try peer.request(2, TestServer.echo.name, test.named("before"))
    #expect(try peer.response().head.code == 0)
    test.server.drain()
    #expect(try peer.receive()?.kind == FrameKind.drain.rawValue)
    try peer.request(3, TestServer.echo.name, test.named("after"))
    let refused = try peer.response().head
    #expect(refused.call == 3)
    #expect(Code(rawValue: refused.code) == .unavailable && refused.advice == .notStarted)
    // The call that ran goes on until its own end, and only then the connection closes.
    let last = try peer.response().head
    #expect(last.call == 1 && Code(rawValue: last.code) == .deadlineExceeded)
    #expect(try peer.closing()?.code == .done)
    #expect(try peer.receive() == nil)
  }

  @Test func `a connection with nothing to do is drained and closed`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    test.server.drain()
    #expect(try peer.receive()?.kind == FrameKind.drain.rawValue)
    #expect(try peer.closing()?.code == .done)
  }

  @Test func `a connection that is greeted while draining is closed too`() throws {
    let test = try TestServer()
    let known = try RawPeer(greeting: test.address)
    let peer = try RawPeer(test.address)
    // The server's hello shows that the connection was accepted before the drain.
    #expect(try peer.receive()?.kind == FrameKind.hello.rawValue)
    test.server.drain()
    #expect(try known.receive()?.kind == FrameKind.drain.rawValue)
    try peer.send(RawFrame(.hello, RawPeer.hello()))
    #expect(try peer.receive()?.kind == FrameKind.drain.rawValue)
    #expect(try peer.closing()?.code == .done)
  }

  @Test func `a client may drain its connection`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.send(RawFrame(.drain, Drain()))
    #expect(try peer.closing()?.code == .done)
  }

  @Test func `kinds that a hello does not name are not sent`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address, RawPeer.hello(kinds: [2]))
    try peer.send(RawFrame(.ping, Ping()))
    #expect(try peer.health() == .serving)
    test.server.drain()
    let frame = try #require(try peer.receive())
    #expect(frame.kind == FrameKind.close.rawValue)
  }

  @Test func `a ping is answered with its own number`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    var ping = Ping()
    ping.nonce = .max
    try peer.send(RawFrame(.ping, ping))
    let pong = try #require(try peer.receive())
    #expect(pong.kind == FrameKind.pong.rawValue)
    #expect(try Pong(decoding: pong.head).nonce == .max)
  }

  @Test func `a client's close ends the connection and its calls`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.wait.name, test.named(""))
    try peer.send(RawFrame(.close, Close()))
    #expect(try peer.receive() == nil)
    try test.eventually("it is gone") { test.server.connectionCount == 1 }
  }

  @Test func `a hello that does not fit is told why`() throws {
    let test = try TestServer(token: "right")
    func closing(_ change: (inout Hello) -> Void) throws -> Close? {
      var hello = RawPeer.hello()
      hello.token = "right"
      change(&hello)
      let peer = try RawPeer(test.address)
      try peer.send(RawFrame(.hello, hello))
      // Too early to be refused for anything else, and never answered.
      try peer.request(1, TestServer.echo.name, test.named("x"))
      let first = try peer.receive()
      #expect(first?.kind == 0)
      #expect(try first.map { try Hello(decoding: $0.head).token } == "")
      return try peer.closing()
    }
    let version = try closing { $0.version = 2 }
    #expect(version?.code == .version)
    #expect(version?.reason == "protocol version 2; this end has 1")
    #expect(try closing { $0.token = "wrong" }?.code == .token)
    #expect(try closing { $0.token = "" }?.code == .token)
    #expect(try closing { $0.kinds = [1, 3] }?.code == .protocolViolation)
  }
}
