/// Arrays at addresses that stay, for C.
final class EngineMemory {
  private var blocks: [UnsafeMutableRawPointer] = []
  /// All that is kept.
  private(set) var byteCount = 0

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// A copy that lives as long as this.
  /// - Parameter padding: further elements that may be read, all zero.
  func keep<Element: BitwiseCopyable>(
    _ values: [Element], padding: Int = 0
  ) -> UnsafePointer<Element> {
    let stride = MemoryLayout<Element>.stride
    let bytes = max(1, values.count + padding) * stride
    let block = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    values.withUnsafeBytes {
      if let from = $0.baseAddress { block.copyMemory(from: from, byteCount: $0.count) }
    }
    blocks.append(block)
    byteCount += bytes
    return UnsafePointer(block.assumingMemoryBound(to: Element.self))
  }
}
