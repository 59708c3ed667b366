internal import CZlib

/// Compresses bodies. zlib's state is kept from one body to the next, as setting it up costs more
/// than a small body. Confined to its loop.
package final class ZlibCodec {
  /// What stands around the deflated bytes.
  package enum Format: Sendable, CaseIterable {
    /// RFC 1950, as frames have it.
    case zlib
    /// RFC 1952, as HTTP has it.
    case gzip
  }

  package enum Failure: Error, Equatable {
    /// Cut off, damaged, continued, or something else.
    case invalid
    /// It would inflate to more than this.
    case longerThan(Int)
  }

  private static let windowBitsMax: Int32 = 15
  private static let gzipBits: Int32 = 16
  /// Several times as fast as the default of 6, and nearly as small on JSON.
  private static let level: Int32 = 1
  private static let memoryLevel: Int32 = 8
  private static let pieceBytes = 16 << 10

  private let deflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

  package init(_ format: Format) {
    let windowBits = Self.windowBitsMax + (format == .gzip ? Self.gzipBits : 0)
    deflater.initialize(to: z_stream())
    inflater.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    let deflated = deflateInit2_(
      deflater, Self.level, Z_DEFLATED, windowBits, Self.memoryLevel,
      Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    let inflated = inflateInit2_(inflater, windowBits, ZLIB_VERSION, size)
    precondition(deflated == Z_OK && inflated == Z_OK, "zlib has no memory")
  }

  deinit {
    deflateEnd(deflater)
    inflateEnd(inflater)
    deflater.deallocate()
    inflater.deallocate()
  }

  /// - Parameter bytes: fewer than 4 GiB.
  package func compress(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { compress($0) }
  }

  package func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    deflateReset(deflater)
    var output = [UInt8](repeating: 0, count: Int(deflateBound(deflater, UInt(bytes.count))))
    let (status, written) = run(deflater, bytes, 0, into: &output) { deflate($0, Z_FINISH) }
    precondition(status == Z_STREAM_END, "deflateBound was wrong")
    output.removeLast(output.count - written.produced)
    return output
  }

  /// Takes one compressed body and nothing behind it. Memory grows with what has been inflated, not
  /// with what the bytes say of themselves.
  package func inflate(_ bytes: [UInt8], bytesMax: Int) throws(Failure) -> [UInt8] {
    let result: Result<[UInt8], Failure> = bytes.withUnsafeBytes { bytes in
      do throws(Failure) {
        return .success(try inflate(bytes, bytesMax: bytesMax))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  package func inflate(
    _ bytes: UnsafeRawBufferPointer, bytesMax: Int
  ) throws(Failure) -> [UInt8] {
    inflateReset(inflater)
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    var consumed = 0
    while true {
      let (status, moved) = run(inflater, bytes, consumed, into: &piece) {
        CZlib.inflate($0, Z_NO_FLUSH)
      }
      consumed += moved.consumed
      guard moved.produced <= bytesMax - output.count else { throw .longerThan(bytesMax) }
      output.append(contentsOf: piece[..<moved.produced])
      switch status {
      case Z_STREAM_END where consumed == bytes.count: return output
      // Neither byte taken nor given: it ends too early.
      case Z_OK where moved.consumed + moved.produced > 0: continue
      default: throw .invalid
      }
    }
  }

  private func run(
    _ stream: UnsafeMutablePointer<z_stream>, _ input: UnsafeRawBufferPointer, _ start: Int,
    into output: inout [UInt8], _ step: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> (Int32, (consumed: Int, produced: Int)) {
    output.withUnsafeMutableBufferPointer { target in
      let left = input.count - start
      let room = target.count
      stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input.baseAddress)
        .map { ($0 + start).assumingMemoryBound(to: UInt8.self) }
      stream.pointee.avail_in = UInt32(left)
      stream.pointee.next_out = target.baseAddress
      stream.pointee.avail_out = UInt32(room)
      let status = step(stream)
      return (
        status, (left - Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out))
      )
    }
  }
}
