internal import CZlib
internal import Glibc

/// A file that is read from front to back, through gzip where its content is gzip. Blocks.
final class InputFile {
  private static let bufferBytes: UInt32 = 256 << 10

  let path: String
  private var stream: gzFile?

  init(_ path: String) throws(ImportError) {
    self.path = path
    errno = 0
    stream = gzopen(path, "rbe")
    guard let stream else {
      throw .file(
        path: path, reason: errno == 0 ? "out of memory" : String(cString: strerror(errno)))
    }
    gzbuffer(stream, Self.bufferBytes)
  }

  deinit {
    if let stream { gzclose_r(stream) }
  }

  /// How many bytes were read; 0 at the end. A gzip file that ends early is an error.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
    let wanted = UInt32(min(buffer.count, 1 << 20))
    errno = 0
    let count = gzread(stream, buffer.baseAddress, wanted)
    var code: Int32 = Z_OK
    let message = gzerror(stream, &code)
    if count < 0 || (code != Z_OK && code != Z_STREAM_END) {
      throw .file(path: path, reason: reason(code, message))
    }
    return Int(count)
  }

  private func reason(_ code: Int32, _ message: UnsafePointer<CChar>?) -> String {
    switch code {
    case Z_ERRNO: String(cString: strerror(errno))
    case Z_BUF_ERROR: "the compressed file ends too early"
    default: message.map { String(cString: $0) } ?? "cannot be read"
    }
  }

  /// Calls `body` with one piece after another; they are valid during the call.
  func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    defer { chunk.deallocate() }
    while case let count = try read(into: chunk), count > 0 {
      try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }
}
