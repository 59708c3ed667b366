import CMessages
import TestSupport
import Testing

@testable import RPC

@Suite struct ArenaTests {
  @Test func `pieces are aligned and do not overlap`() throws {
    for seed in UInt64(1)...10 {
      var random = SeededGenerator(seed: seed)
      let arena = Arena()
      for _ in 0..<3 {
        var pieces: [(start: UInt, size: Int)] = []
        for index in 0..<500 {
          let size = random.chance(20) ? Int.random(in: 0...300_000, using: &random) : index % 90
          let piece = try #require(arena.allocate(size))
          piece.initializeMemory(as: UInt8.self, repeating: UInt8(index % 256), count: size)
          #expect(UInt(bitPattern: piece) % 16 == 0)
          pieces.append((UInt(bitPattern: piece), size))
        }
        pieces.removeAll { $0.size == 0 }
        pieces.sort { $0.start < $1.start }
        for (a, b) in zip(pieces, pieces.dropFirst()) {
          #expect(a.start + UInt(a.size) <= b.start, "seed \(seed)")
        }
        arena.reset()
      }
    }
  }

  @Test(arguments: [16, 100 << 10, 1 << 20, 5 << 20])
  func `no more is given than the limit`(bytesMax: Int) {
    for size in [16, 1_024, 40_000] where size <= bytesMax {
      let arena = Arena(bytesMax: bytesMax)
      var given = 0
      while arena.allocate(size) != nil { given += size }
      #expect(given <= bytesMax)
      // What is lost at the ends of chunks is less than what was of use.
      #expect(given > bytesMax / 2)
      #expect(arena.allocate(.max) == nil && arena.allocate(-1) == nil)
      arena.reset()
      #expect(arena.allocate(size) != nil)
    }
  }

  @Test func `a reset keeps a little memory and gives the rest back`() {
    let arena = Arena()
    for _ in 0..<60 { _ = arena.allocate(1 << 20) }
    #expect(arena.bytesReserved >= 60 << 20)
    arena.reset()
    #expect(arena.bytesReserved <= Arena.keptBytesMax)
    _ = arena.allocate(32 << 20)
    arena.reset()
    #expect(arena.bytesReserved <= Arena.keptBytesMax)
    let kept = arena.bytesReserved
    _ = arena.allocate(1_000)
    #expect(arena.bytesReserved == max(kept, 64 << 10))
  }

  @Test func `a frame full of empty submessages fails within the limit`() {
    // ListResponse.methods, eight million times.
    let bomb = [UInt8](repeating: 0, count: 16 << 20).enumerated().map {
      UInt8($0.offset % 2 == 0 ? 0x0A : 0)
    }
    let arena = Arena()
    let isRefused = bomb.withUnsafeBytes { bytes in
      (try? ListResponse(decoding: bytes, in: arena)) == nil
    }
    #expect(isRefused)
    #expect(arena.bytesReserved <= 2 * Arena.defaultBytesMax)
    arena.reset()
    #expect(arena.bytesReserved <= Arena.keptBytesMax)
  }

  @Test func `our own messages are not bound by the limit`() {
    let arena = Arena(bytesMax: 1_000)
    var request = HealthRequest()
    request.service = String(repeating: "x", count: 5_000)
    var output: [UInt8] = []
    request.encode(to: &output, in: arena)
    #expect(output.count > 5_000)
    #expect(throws: InvalidMessage.self) {
      try output.withUnsafeBytes { try HealthRequest(decoding: $0, in: arena) }
    }
  }
}
