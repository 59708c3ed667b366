internal import CZlib

/// The layout of record files, little-endian throughout.
///
///     file   := header record*
///     header := magic:u8[8]  version:u32  kind:u8[16] (zero-padded)  checksum:u32
///     record := length:u32  checksum:u32  payload:u8[length]
///
/// The header's checksum is over the 28 bytes before it, a record's over its length and payload;
/// both are zlib's CRC-32. A run of zero bytes, which a file system may leave behind after a power
/// loss, is therefore no valid record.
package enum RecordFile {
  /// Like PNG's: a byte outside ASCII, then line ends, so that a transfer as text shows.
  static let magic: [UInt8] = [0x89, 0x42, 0x52, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  static let version: UInt32 = 1
  package static let kindBytesMax = 16
  package static let headerBytes = 32
  package static let recordHeadBytes = 8
  /// The same as a frame's default limit: what comes in by the wire can be stored.
  package static let payloadBytesMax = 16 << 20

  /// What a record of this payload carries as its checksum.
  package static func checksum(ofRecord payload: [UInt8]) -> UInt32 {
    payload.withUnsafeBytes { checksum(length: UInt32(truncatingIfNeeded: $0.count), payload: $0) }
  }

  static func checksum(length: UInt32, payload: UnsafeRawBufferPointer) -> UInt32 {
    let head = withUnsafeBytes(of: length.littleEndian) { checksum($0) }
    return checksum(payload, after: head)
  }

  static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    // For zlib a null pointer means "the initial value", whatever came before.
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return previous }
    return UInt32(
      truncatingIfNeeded: crc32(
        UInt(previous), base.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count)))
  }

  static func header(kind: String) -> [UInt8] {
    let name = Array(kind.utf8)
    precondition(!name.isEmpty && name.count <= kindBytesMax, "a kind is 1 to 16 bytes")
    var bytes = magic
    withUnsafeBytes(of: version.littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: name)
    bytes.append(contentsOf: repeatElement(0, count: kindBytesMax - name.count))
    let sum = bytes.withUnsafeBytes { checksum($0) }
    withUnsafeBytes(of: sum.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  static func checkHeader(
    _ bytes: UnsafeRawBufferPointer, kind: String, path: String
  ) throws(StorageError) {
    guard bytes.count == headerBytes, bytes.prefix(magic.count).elementsEqual(magic) else {
      throw .unsuitable(path: path, reason: "not a Brigade record file")
    }
    let sum = integer(bytes, at: headerBytes - 4)
    guard sum == checksum(UnsafeRawBufferPointer(rebasing: bytes[..<(headerBytes - 4)])) else {
      throw .damaged(path: path, offset: 0, record: 0, reason: "the header's checksum is wrong")
    }
    let found = integer(bytes, at: 8)
    guard found == version else {
      throw .unsuitable(
        path: path, reason: "format version \(found); this program reads \(version)")
    }
    let name = String(decoding: bytes[12..<28].prefix { $0 != 0 }, as: UTF8.self)
    guard name == kind else {
      throw .unsuitable(path: path, reason: "holds \"\(name)\" records, not \"\(kind)\"")
    }
  }

  static func integer(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
}

/// How the records of a file end.
package enum RecordFileEnd: Equatable, Sendable {
  case complete
  /// The last append did not finish; sound records end at this byte.
  case tornTail(offset: UInt64)
}
