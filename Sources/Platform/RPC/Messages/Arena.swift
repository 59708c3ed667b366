package import CMessages

/// A bump allocator: everything that one message needs is taken from it and given back at once.
///
/// protobuf-c asks it for memory while it unpacks; a message that would take more than
/// `bytesMax` (sixteen megabytes of empty submessages unfold to 767) fails instead. Not thread
/// safe: each event loop has its own.
package final class Arena: @unchecked Sendable {
  /// The most that one message may unfold to.
  package static let defaultBytesMax = 64 << 20
  private static let firstChunkBytes = 64 << 10

  private struct Chunk {
    let base: UnsafeMutableRawPointer
    let size: Int
  }

  private let bytesMax: Int
  private var chunks: [Chunk] = []
  private var chunk = 0
  private var offset = 0
  private var bytesInEarlierChunks = 0
  /// What protobuf-c is handed; it points back at this object.
  package let allocator: UnsafeMutablePointer<ProtobufCAllocator>

  package init(bytesMax: Int = Arena.defaultBytesMax) {
    self.bytesMax = bytesMax
    allocator = .allocate(capacity: 1)
    allocator.initialize(
      to: ProtobufCAllocator(
        alloc: { owner, size in
          Unmanaged<Arena>.fromOpaque(owner!).takeUnretainedValue().allocate(size)
        },
        free: { _, _ in },
        allocator_data: nil))
    allocator.pointee.allocator_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    for chunk in chunks { chunk.base.deallocate() }
    allocator.deallocate()
  }

  /// Memory for `size` bytes, aligned to 16, valid until `reset`; nil over the limit.
  package func allocate(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= 0, size <= bytesMax else { return nil }
    let rounded = (size + 15) & ~15
    if chunk >= chunks.count || offset + rounded > chunks[chunk].size {
      guard advance(by: rounded) else { return nil }
    }
    defer { offset += rounded }
    return chunks[chunk].base + offset
  }

  private func advance(by size: Int) -> Bool {
    if chunk < chunks.count {
      bytesInEarlierChunks += offset
      chunk += 1
    }
    offset = 0
    guard bytesInEarlierChunks + size <= bytesMax else { return false }
    if chunk < chunks.count {
      if size <= chunks[chunk].size { return true }
      for dropped in chunks[chunk...] { dropped.base.deallocate() }
      chunks.removeSubrange(chunk...)
    }
    let grown = max(Self.firstChunkBytes, size, (chunks.last?.size ?? 0) * 2)
    let bytes = min(grown, max(size, bytesMax))
    chunks.append(Chunk(base: .allocate(byteCount: bytes, alignment: 16), size: bytes))
    return true
  }

  /// Gives everything back. Memory above a few chunks is returned to the system.
  package func reset() {
    while chunks.count > 3 { chunks.removeLast().base.deallocate() }
    chunk = 0
    offset = 0
    bytesInEarlierChunks = 0
  }
}

/// What messages are written with. Our own messages fit; one that does not is a bug, and traps.
extension Arena {
  private func require(_ size: Int) -> UnsafeMutableRawPointer {
    guard let memory = allocate(size) else {
      preconditionFailure("a message of ours needs more than \(bytesMax) bytes")
    }
    return memory
  }

  package func string(_ value: String) -> UnsafeMutablePointer<CChar> {
    var value = value
    return value.withUTF8 { bytes in
      let copy = require(bytes.count + 1)
      if let base = bytes.baseAddress { copy.copyMemory(from: base, byteCount: bytes.count) }
      copy.storeBytes(of: 0, toByteOffset: bytes.count, as: UInt8.self)
      return copy.assumingMemoryBound(to: CChar.self)
    }
  }

  package func bytes(_ value: [UInt8]) -> ProtobufCBinaryData {
    ProtobufCBinaryData(len: value.count, data: array(value))
  }

  package func array<Element: BitwiseCopyable>(
    _ values: [Element]
  ) -> UnsafeMutablePointer<Element>? {
    guard !values.isEmpty else { return nil }
    let copy = require(values.count * MemoryLayout<Element>.stride)
    values.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    return copy.assumingMemoryBound(to: Element.self)
  }

  package func strings(
    _ values: [String]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    pointers(values) { string($0) }
  }

  package func message<M: Message>(_ value: M?) -> UnsafeMutablePointer<M.C>? {
    guard let value else { return nil }
    let pointer = require(MemoryLayout<M.C>.stride).assumingMemoryBound(to: M.C.self)
    M.initialize(pointer)
    value.write(to: &pointer.pointee, in: self)
    return pointer
  }

  package func messages<M: Message>(
    _ values: [M]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<M.C>?>? {
    pointers(values) { message($0)! }
  }

  private func pointers<Value, Element>(
    _ values: [Value], _ make: (Value) -> UnsafeMutablePointer<Element>
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Element>?>? {
    guard !values.isEmpty else { return nil }
    let list = require(values.count * MemoryLayout<UnsafeRawPointer>.stride)
      .assumingMemoryBound(to: UnsafeMutablePointer<Element>?.self)
    for (index, value) in values.enumerated() { list[index] = make(value) }
    return list
  }
}
