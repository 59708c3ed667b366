internal import Glibc
internal import Telemetry
import Testing

@testable internal import RPC

/// A client's connection whose other end is a plain descriptor, with a clock of the test's.
private final class Greeted: FrameConnectionOwner, @unchecked Sendable {
  let loop: EventLoop
  let peer: Int32
  let frames: FrameConnection
  let start = Instant.now()
  /// Of the loop's.
  private(set) var isOpen = false
  private(set) var closing: String?

  init() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    self.loop = loop
    let (socket, peer) = try socketPair()
    self.peer = peer
    let stream = ByteStream(socket, on: loop, limits: Limits(), readsAlways: true)
    frames = FrameConnection(
      stream, .client, identity: Identity(replica: "client", software: "test"), limits: Limits())
    loop.post { try! self.frames.start(self) }
    let hello = RawFrame(.hello, RawPeer.hello()).bytes
    try #require(Glibc.send(peer, hello, hello.count, 0) == hello.count)
    while !(await onLoop { $0.isOpen }) {}
  }

  func opened(_ connection: FrameConnection) { isOpen = true }
  func received(_ kind: FrameKind, head: Range<Int>, body: Range<Int>, on: FrameConnection) {}
  func closed(_ connection: FrameConnection, _ code: CloseCode?, _ reason: String) {
    closing = reason
  }

  func onLoop<T: Sendable>(_ action: @escaping @Sendable (Greeted) -> T) async -> T {
    await withUnsafeContinuation { done in loop.post { done.resume(returning: action(self)) } }
  }

  /// Why it is closed by then; nil when it is not.
  func tick(atMilliseconds milliseconds: Int64) async -> String? {
    await onLoop { greeted in
      greeted.frames.tick(greeted.start.adding(milliseconds: milliseconds))
      return greeted.closing
    }
  }

  func sendMegabytes(_ count: Int) async {
    await onLoop { $0.frames.stream.send(count << 20) }
  }

  /// Returns once the loop has sent what there is room for now.
  func read() async {
    var bytes = [UInt8](repeating: 0, count: 100_000)
    _ = recv(peer, &bytes, bytes.count, 0)
    for _ in 0..<3 { await onLoop { _ in } }
  }

  func end() {
    loop.stop()
    loop.join()
    Glibc.close(peer)
  }
}

struct FrameConnectionTests {
  @Test func `a peer that does not answer a ping is gone`() async throws {
    let greeted = try await Greeted()
    #expect(await greeted.tick(atMilliseconds: 2_000) == nil)
    #expect(await greeted.tick(atMilliseconds: 3_400) == nil)
    let reason = await greeted.tick(atMilliseconds: 3_600)
    #expect(reason?.contains("no answer to a ping") == true, "\(reason ?? "open")")
    greeted.end()
  }

  @Test func `a ping behind much that is slowly read is waited for`() async throws {
    let greeted = try await Greeted()
    await greeted.sendMegabytes(4)
    for second in Int64(2)...12 {
      #expect(await greeted.tick(atMilliseconds: second * 1_000) == nil, "after \(second) s")
      await greeted.read()
    }
    // From here on it takes nothing any more.
    #expect(await greeted.tick(atMilliseconds: 13_000) == nil)
    #expect(await greeted.tick(atMilliseconds: 14_400) == nil)
    let reason = await greeted.tick(atMilliseconds: 14_600)
    #expect(reason?.contains("no answer to a ping") == true, "\(reason ?? "open")")
    greeted.end()
  }
}
