/// The lines of a text held in memory, in order, as slices that copy nothing. `\n` and `\r\n` end a
/// line; a final line without an end counts.
package struct LineReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Number, from 1, of the line that `next()` returned last; 0 before the first.
  package private(set) var lineNumber = 0

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The next line without its end, or nil after the last.
  package mutating func next() -> ArraySlice<UInt8>? {
    guard position < bytes.count else { return nil }
    let start = position
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    position = end + 1
    lineNumber += 1
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return bytes[start..<end]
  }
}
