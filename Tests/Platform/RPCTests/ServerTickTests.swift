internal import Glibc
import RPC
import Telemetry
import Testing

/// What a server's loop tells of itself.
@Suite struct ServerTickTests {
  private static let standstillMilliseconds: Int64 = 600
  /// A loop ticks as often as this, so that a standstill is noticed but for that much of it.
  private static let tickMilliseconds: Int64 = 250

  @Test func `a loop that stood still says by how much it was late`() async throws {
    let loop = try EventLoop(name: "late")
    let (ticks, told) = AsyncStream.makeStream(of: AdmissionTick.self)
    let server = Server(
      loops: [loop], identity: Identity(replica: "late", software: "RPCTests", token: ""),
      onAdmission: { told.yield($0) }, methods: { _ in MethodTable() })
    loop.start()
    defer {
      loop.stop()
      loop.join()
    }
    var isFirst = true
    loop.post { usleep(UInt32(Self.standstillMilliseconds) * 1_000) }
    let leastNanoseconds = (Self.standstillMilliseconds - Self.tickMilliseconds) * 1_000_000 / 2
    for await tick in ticks {
      #expect(tick.loop == "late" && tick.lagNanoseconds >= 0)
      #expect(tick.nextAt.nanoseconds(since: tick.at) == Self.tickMilliseconds * 1_000_000)
      // It is told at once that there is a loop, which cannot be late yet.
      if isFirst { #expect(tick.lagNanoseconds == 0) }
      isFirst = false
      guard tick.lagNanoseconds < leastNanoseconds else { break }
    }
    _ = server
  }
}
