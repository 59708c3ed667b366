internal import RPC

/// Memory that calls of the engine work in, kept between calls: to fault in a megabyte of pages
/// takes longer than to score a block of rows.
final class ScratchPool: @unchecked Sendable {
  /// As many as threads of a process score at a time; more are given back to the system.
  private static let keptMax = 8

  private let byteCount: Int
  private let free = Guarded<[UnsafeMutableRawPointer]>([])

  init(byteCount: Int) { self.byteCount = byteCount }

  deinit {
    free.withLock { blocks in
      for block in blocks { block.deallocate() }
    }
  }

  func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
    let scratch = free.withLock { $0.popLast() } ?? allocate()
    body(scratch)
    let isKept = free.withLock { blocks in
      guard blocks.count < Self.keptMax else { return false }
      blocks.append(scratch)
      return true
    }
    if !isKept { scratch.deallocate() }
  }

  private func allocate() -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return block
  }
}
