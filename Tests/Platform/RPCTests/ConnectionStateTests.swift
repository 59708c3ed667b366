import RPC
import Testing

@Suite struct ConnectionStateTests {
  private func state(_ role: ConnectionState.Role, token: String = "") -> ConnectionState {
    ConnectionState(role, token: token, limits: Limits())
  }

  private func opened(_ role: ConnectionState.Role, kinds: [UInt32] = Array(0...7)) throws
    -> ConnectionState
  {
    var state = state(role)
    try state.received(RawPeer.hello(kinds: kinds))
    return state
  }

  private func refuses(_ state: ConnectionState, _ kind: FrameKind) -> Bool {
    do throws(FrameError) {
      try state.rules.admit(kind)
      return false
    } catch {
      #expect(error.code == .protocolViolation)
      return true
    }
  }

  private func refusal(_ token: String = "", _ change: (inout Hello) -> Void) -> CloseCode? {
    var (state, hello) = (state(.server, token: token), RawPeer.hello())
    change(&hello)
    do throws(FrameError) {
      try state.received(hello)
      #expect(state.phase == .open)
      return nil
    } catch {
      #expect(state.phase == .awaitingHello && state.peer == nil)
      return error.code
    }
  }

  @Test func `the first frame is a hello, and only the first`() throws {
    for role in [ConnectionState.Role.client, .server] {
      #expect(FrameKind.allCases.filter { !refuses(state(role), $0) } == [.hello])
      #expect(refuses(try opened(role), .hello))
    }
  }

  @Test func `each end takes what the other may send`() throws {
    let (server, client) = (try opened(.server), try opened(.client))
    #expect(
      FrameKind.allCases.filter { refuses(server, $0) } == [.hello, .response, .advertisement])
    #expect(FrameKind.allCases.filter { refuses(client, $0) } == [.hello, .request, .cancel])
  }

  @Test func `hellos that fit are taken, others refused with the code that says why`() {
    #expect(refusal { _ in } == nil)
    #expect(refusal { $0.version = 0 } == .version)
    #expect(refusal { $0.version = 2 } == .version)
    #expect(refusal { $0.callsInFlightMax = 0 } == .protocolViolation)
    #expect(refusal { $0.frameBytesMax = 8_191 } == .protocolViolation)
    #expect(refusal { $0.frameBytesMax = 8_192 } == nil)
    #expect(refusal { $0.kinds = [2] } == nil)
    #expect(refusal { $0.kinds = [0, 1, 3, 4, 5, 6, 7, 99] } == .protocolViolation)
  }

  @Test(arguments: [
    ("", "", true), ("a", "a", true), ("", "a", false), ("a", "", false), ("ab", "abab", false),
    ("abab", "ab", false), ("secret", "secreT", false), ("é", "é", true),
  ])
  func `tokens must be the same`(ours: String, theirs: String, fits: Bool) {
    #expect((refusal(ours) { $0.token = theirs } == nil) == fits)
  }

  @Test func `a client shows the token and asks for none, a server the other way round`() throws {
    #expect(state(.client, token: "t").hello(replica: "", software: "").token == "t")
    #expect(state(.server, token: "t").hello(replica: "", software: "").token.isEmpty)
    var client = state(.client, token: "t")
    try client.received(RawPeer.hello())
    #expect(client.phase == .open)
  }

  @Test func `what the peer's hello does not name is not sent`() throws {
    #expect(FrameKind.allCases.filter { state(.server).rules.maySend($0) } == [.hello, .close])
    let open = try opened(.server, kinds: [2, 5, 300])
    #expect(
      FrameKind.allCases.filter { open.rules.maySend($0) } == [.hello, .response, .pong, .close])
  }

  @Test func `a drain counts once the connection is open, and nothing is sent once it is closed`()
    throws
  {
    var early = state(.server)
    early.drain()
    #expect(early.phase == .awaitingHello)
    var open = try opened(.server)
    open.drain()
    #expect(open.phase == .draining && open.rules.maySend(.response) && !refuses(open, .request))
    open.close()
    open.drain()
    #expect(open.phase == .closed && !FrameKind.allCases.contains { open.rules.maySend($0) })
  }

  @Test func `our hello says what we are and take`() {
    var limits = Limits()
    limits.frameBytesMax = .max
    limits.callsInFlightMax = 5
    let hello = ConnectionState(.client, token: "t", limits: limits)
      .hello(replica: "gateway-1", software: "x")
    #expect(hello.version == 1 && hello.token == "t" && hello.replica == "gateway-1")
    #expect(hello.frameBytesMax == .max && hello.callsInFlightMax == 5)
    #expect(hello.kinds == Array(0...8) && hello.flags == 1)
  }
}
