internal import Glibc

/// Writes a text file line by line, under a temporary name until `finish`. Blocks.
final class LineFile {
  private static let bufferBytes = 1 << 20

  private let path: String
  private let temporary: String
  private var stream: UnsafeMutablePointer<FILE>?
  private var buffer: [UInt8] = []

  init(_ path: String) throws(ImportError) {
    self.path = path
    temporary = "\(path).\(getpid()).partial"
    stream = fopen(temporary, "we")
    if stream == nil { throw FileContents.failure(path) }
  }

  deinit {
    guard let stream else { return }
    fclose(stream)
    unlink(temporary)
  }

  func append(_ line: String) {
    buffer.append(contentsOf: line.utf8)
    buffer.append(UInt8(ascii: "\n"))
  }

  func flushIfFull() throws(ImportError) {
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  private func flush() throws(ImportError) {
    guard let stream, fwrite(buffer, 1, buffer.count, stream) == buffer.count else {
      throw FileContents.failure(path)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  func finish() throws(ImportError) {
    try flush()
    guard let stream, fflush(stream) == 0, rename(temporary, path) == 0 else {
      throw FileContents.failure(path)
    }
    fclose(stream)
    self.stream = nil
  }
}
