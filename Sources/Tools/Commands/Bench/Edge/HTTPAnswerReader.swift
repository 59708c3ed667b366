/// Finds the end of an HTTP answer that has a Content-Length, as all of ours have.
enum HTTPAnswerReader {
  enum Step: Equatable {
    case needsMore
    /// A whole answer, and how many bytes it takes.
    case answer(status: Int, bytes: Int)
    case invalid
  }

  /// A gateway's heads are a tenth of it.
  private static let headBytesMax = 8 << 10
  private static let end = Array("\r\n\r\n".utf8)
  private static let length = Array("\r\ncontent-length: ".utf8)

  /// - Parameter bytes: unread, from an answer's beginning.
  static func next(_ bytes: UnsafeRawBufferPointer) -> Step {
    let window = UnsafeRawBufferPointer(rebasing: bytes.prefix(headBytesMax))
    guard let headEnd = find(end, in: window) else {
      return bytes.count < headBytesMax ? .needsMore : .invalid
    }
    let head = UnsafeRawBufferPointer(rebasing: window[..<(headEnd + 2)])
    // "HTTP/1.1 200 OK"
    guard head.count > 12, let status = number(head[9..<12]),
      let start = find(length, in: head).map({ $0 + length.count }),
      let lineEnd = head[start...].firstIndex(of: 0x0D),
      let body = number(head[start..<lineEnd])
    else { return .invalid }
    let total = headEnd + end.count + body
    return bytes.count < total ? .needsMore : .answer(status: status, bytes: total)
  }

  /// Letters in either case.
  private static func find(_ text: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= text.count else { return nil }
    return (0...(bytes.count - text.count)).first { start in
      text.indices.allSatisfy { index in
        let byte = bytes[start + index]
        return byte == text[index] || (0x41...0x5A).contains(byte) && byte | 0x20 == text[index]
      }
    }
  }

  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
    Int(String(decoding: digits, as: UTF8.self))
  }
}
