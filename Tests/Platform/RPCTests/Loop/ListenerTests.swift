internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

struct ListenerTests {
  @Test func `a listener pauses while there are enough and then goes on`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let socket = try Socket.listening(at: asked)
    let address = socket.bound(asked)
    let (accepted, room) = (Count(), Count())
    let listener = Listener(socket, on: loop) {
      accepted.add()
      $0.close()
    } mayAccept: {
      room.value > 0
    }
    loop.post { listener.start() }
    let caller = try Socket.connecting(to: SocketAddress(address))
    defer { caller.close() }
    for _ in 0..<20 { await loop.turn() }
    #expect(accepted.value == 0)
    room.add()
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while accepted.value == 0, Instant.now() < deadline { await loop.turn() }
    #expect(accepted.value == 1)
    loop.stop()
    loop.join()
  }

  @Test func `a listener's port is free when its loop has ended`() async throws {
    let server = try TestReplica()
    server.kill()
    let again = try Socket.listening(at: server.address)
    again.close()
  }
}
