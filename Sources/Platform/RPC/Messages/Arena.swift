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
  /// Kept over a reset; ordinary messages, a matrix of 200 rows among them, need no more.
  static let keptBytesMax = 4 << 20

  /// No chunk: empty, and aligned as chunks are.
  private static var nowhere: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: 16)! }

  private struct Chunk {
    let base: UnsafeMutableRawPointer
    let size: Int
  }

  private let bytesMax: Int
  private var chunks: [Chunk] = []
  // The current chunk, and where the next bytes are taken from. Asked for every field, on one
  // thread: checks of exclusive access cost more than they could find.
  @exclusivity(unchecked) private var chunk = -1
  @exclusivity(unchecked) private var start = Arena.nowhere
  @exclusivity(unchecked) private var next = Arena.nowhere
  @exclusivity(unchecked) private var end = Arena.nowhere
  /// What the limit leaves for this chunk and those after it.
  @exclusivity(unchecked) private var bytesLeft: Int
  /// Taken from the system.
  @exclusivity(unchecked) private(set) var bytesReserved = 0
  /// What protobuf-c is handed; it points back at this object.
  package let allocator: UnsafeMutablePointer<ProtobufCAllocator>

  package init(bytesMax: Int = Arena.defaultBytesMax) {
    self.bytesMax = bytesMax
    bytesLeft = bytesMax
    allocator = .allocate(capacity: 1)
    allocator.initialize(
      to: ProtobufCAllocator(
        alloc: { owner, size in
          Unmanaged<Arena>.fromOpaque(owner!)._withUnsafeGuaranteedRef { $0.allocate(size) }
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
    guard size >= 0, size <= bytesLeft - (next - start) else { return nil }
    return take(size)
  }

  @inline(__always)
  fileprivate func take(_ size: Int) -> UnsafeMutableRawPointer {
    let rounded = (size + 15) & ~15
    if rounded > end - next { advance(by: rounded) }
    defer { next += rounded }
    return next
  }

  @inline(never)
  private func advance(by size: Int) {
    bytesLeft -= next - start
    chunk += 1
    if chunk < chunks.count, size > chunks[chunk].size {
      for dropped in chunks[chunk...] {
        bytesReserved -= dropped.size
        dropped.base.deallocate()
      }
      chunks.removeSubrange(chunk...)
    }
    if chunk == chunks.count {
      let grown = max(Self.firstChunkBytes, size, (chunks.last?.size ?? 0) * 2)
      let bytes = min(grown, max(size, bytesMax))
      bytesReserved += bytes
      chunks.append(Chunk(base: .allocate(byteCount: bytes, alignment: 16), size: bytes))
    }
    open()
  }

  private func open() {
    start = chunks[chunk].base
    next = start
    end = start + chunks[chunk].size
  }

  /// Gives everything back. Memory above `keptBytesMax` is returned to the system.
  @inline(__always)
  package func reset() {
    // Ordinary messages end in the first chunk.
    if chunk > 0 || bytesReserved > Self.keptBytesMax { resetChunks() }
    next = start
    bytesLeft = bytesMax
  }

  @inline(never)
  private func resetChunks() {
    while bytesReserved > Self.keptBytesMax {
      let dropped = chunks.removeLast()
      bytesReserved -= dropped.size
      dropped.base.deallocate()
    }
    if chunks.isEmpty {
      (chunk, start, end) = (-1, Self.nowhere, Self.nowhere)
    } else {
      chunk = 0
      open()
    }
  }
}

/// What messages are written with. The limit is not for them: what they are made of is in memory
/// already, and one that no frame can hold is refused when it is framed.
extension Arena {
  package func string(_ value: String) -> UnsafeMutablePointer<CChar> {
    var value = value
    return value.withUTF8 { bytes in
      let copy = take(bytes.count + 1)
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
    let copy = take(values.count * MemoryLayout<Element>.stride)
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
    let pointer = make(M.self)
    value.write(to: &pointer.pointee, in: self)
    return pointer
  }

  /// As protobuf-c takes it to be packed.
  package func protobuf<M: Message>(_ value: M) -> UnsafePointer<ProtobufCMessage> {
    let pointer = make(M.self)
    value.write(to: &pointer.pointee, in: self)
    return UnsafeRawPointer(pointer).assumingMemoryBound(to: ProtobufCMessage.self)
  }

  /// The struct of a message, with its defaults.
  func make<M: Message>(_ type: M.Type) -> UnsafeMutablePointer<M.C> {
    let pointer = take(MemoryLayout<M.C>.stride).assumingMemoryBound(to: M.C.self)
    M.initialize(pointer)
    return pointer
  }

  /// Nil when the bytes are no such message.
  func unpack(
    _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ bytes: UnsafeRawBufferPointer
  ) -> UnsafeMutablePointer<ProtobufCMessage>? {
    protobuf_c_message_unpack(
      descriptor, allocator, bytes.count,
      bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
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
    let list = take(values.count * MemoryLayout<UnsafeRawPointer>.stride)
      .assumingMemoryBound(to: UnsafeMutablePointer<Element>?.self)
    for (index, value) in values.enumerated() { list[index] = make(value) }
    return list
  }
}
