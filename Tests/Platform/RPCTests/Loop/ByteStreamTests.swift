internal import Glibc
internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// A stream on a loop, and the other end as a plain descriptor.
private final class Pair: ByteStreamOwner, @unchecked Sendable {
  let loop: EventLoop
  let peer: Int32
  let stream: ByteStream
  /// Of the loop's.
  private(set) var closings: [String?] = []

  init(limits: Limits = Limits(), readsAlways: Bool = false) async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    self.loop = loop
    let (socket, peer) = try socketPair()
    self.peer = peer
    stream = ByteStream(socket, on: loop, limits: limits, readsAlways: readsAlways)
    loop.post { try! self.stream.start(self) }
    await loop.turn()
  }

  func received() { if stream.input.count >= 1 << 20 { stream.input.consume(1 << 20) } }
  func closed(_ reason: String?) { closings.append(reason) }

  func onLoop<T: Sendable>(_ action: @escaping @Sendable (Pair) -> T) async -> T {
    await withUnsafeContinuation { done in loop.post { done.resume(returning: action(self)) } }
  }

  func send(_ count: Int) async { await onLoop { $0.stream.send(count) } }

  /// What the other end can read now.
  func read() -> Int {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var total = 0
    while true {
      let count = recv(peer, &bytes, bytes.count, 0)
      guard count > 0 else { return total }
      total += count
    }
  }

  func eventually(_ isTrue: @escaping @Sendable (Pair) -> Bool) async -> Bool {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while Instant.now() < deadline { if await onLoop(isTrue) { return true } }
    return false
  }

  func end() {
    loop.stop()
    loop.join()
    Glibc.close(peer)
  }
}

struct ByteStreamTests {
  @Test func `output waits for a reader and arrives whole`() async throws {
    let pair = try await Pair()
    await pair.send(3 << 20)
    var total = 0
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while total < 3 << 20, Instant.now() < deadline {
      total += pair.read()
      await pair.loop.turn()
    }
    #expect(total == 3 << 20)
    #expect(await pair.onLoop { $0.stream.output.isEmpty })
    pair.end()
  }

  @Test func `a peer that does not read is not read from`() async throws {
    var limits = Limits()
    limits.outputBytesHigh = 1_000
    let pair = try await Pair(limits: limits)
    await pair.send(2 << 20)
    await pair.loop.turn()
    #expect(send(pair.peer, "hello", 5, 0) == 5)
    for _ in 0..<10 { await pair.loop.turn() }
    #expect(await pair.onLoop { $0.stream.input.isEmpty })
    while !(await pair.onLoop { $0.stream.output.isEmpty }) { _ = pair.read() }
    #expect(await pair.eventually { $0.stream.input.count == 5 })
    pair.end()
  }

  @Test func `who asks is answered, however much it has to send`() async throws {
    var limits = Limits()
    limits.outputBytesHigh = 1_000
    let pair = try await Pair(limits: limits, readsAlways: true)
    await pair.send(2 << 20)
    await pair.loop.turn()
    #expect(send(pair.peer, "hello", 5, 0) == 5)
    #expect(await pair.eventually { $0.stream.input.count == 5 })
    #expect(await pair.onLoop { $0.stream.output.count > 1_000 })
    pair.end()
  }

  @Test func `who reads a little now and then does not stand still`() async throws {
    let pair = try await Pair()
    await pair.send(4 << 20)
    #expect(await pair.eventually { $0.stream.stalledSince != nil })
    func stalled(after seconds: Int64) async -> Instant? {
      await pair.onLoop { pair in
        pair.stream.noteProgress(.now().adding(milliseconds: seconds * 1_000))
        return pair.stream.stalledSince
      }
    }
    // The first look is one to compare with.
    let first = try #require(await stalled(after: 10))
    #expect(await stalled(after: 20) == first)
    // Not as much as makes the kernel say that there is room.
    var bytes = [UInt8](repeating: 0, count: 40 << 10)
    #expect(recv(pair.peer, &bytes, bytes.count, 0) > 0)
    let second = try #require(await stalled(after: 30))
    #expect(second > first)
    #expect(await stalled(after: 40) == second)
    pair.end()
  }

  @Test func `a peer that never reads is cut off`() async throws {
    var limits = Limits()
    limits.outputBytesMax = 1 << 20
    let pair = try await Pair(limits: limits)
    await pair.send(2 << 20)
    let closings = await pair.onLoop { $0.closings }
    #expect(closings.count == 1)
    #expect(closings.first??.contains("1048576 bytes") == true, "\(closings)")
    pair.end()
  }

  @Test func `a peer that is gone while reading is paused ends the stream once`() async throws {
    var limits = Limits()
    limits.outputBytesHigh = 1_000
    let pair = try await Pair(limits: limits)
    await pair.send(2 << 20)
    await pair.loop.turn()
    shutdown(pair.peer, Int32(SHUT_RDWR))
    #expect(await pair.eventually { !$0.closings.isEmpty })
    #expect(await pair.onLoop { $0.closings.count } == 1)
    pair.end()
  }

  @Test func `a loop that stops ends its streams`() async throws {
    let pair = try await Pair()
    pair.loop.stop()
    pair.loop.join()
    var byte: UInt8 = 0
    #expect(recv(pair.peer, &byte, 1, 0) == 0)
    Glibc.close(pair.peer)
  }
}
