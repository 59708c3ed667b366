/// Reads HTTP/1.1 requests (RFC 9112) from bytes as they come, without leniency: what two readers
/// could understand differently, so that one of them sees a request that the other does not, is
/// refused. Pure; after a refusal it is done.
package struct HTTPRequestParser {
  package enum Step: Equatable, Sendable {
    /// All that was given is taken, or is part of a line whose end has not come.
    case needsMore
    case request(HTTPRequest)
    case refused(HTTPRefusal)
  }

  package enum Phase: Equatable, Sendable {
    /// Nothing of a request has come.
    case idle
    case head
    case body
  }

  enum State: Equatable {
    case requestLine
    case headers
    case body(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
    case done
  }

  private static let lineEndBytes = 2

  let limits: HTTPLimits
  var state = State.requestLine
  var head = HTTPRequestHead()
  private var body: [UInt8] = []
  /// Of an unfinished line, known to hold no end: each byte is looked at once.
  private var scanned = 0
  private var headBytes = 0
  private var mayBeEmptyLine = true
  /// The client waits for `100 Continue` before it sends the body.
  package private(set) var awaitsContinue = false

  package init(_ limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

  package var phase: Phase {
    switch state {
    case .requestLine: scanned == 0 ? .idle : .head
    case .headers, .done: .head
    case .body, .chunkSize, .chunk, .chunkEnd, .trailers: .body
    }
  }

  package mutating func continued() { awaitsContinue = false }

  /// - Parameters:
  ///   - bytes: what is unread; bytes of an unfinished line are to be given again, with more.
  ///   - consumed: how many of them are done with.
  package mutating func next(_ bytes: UnsafeRawBufferPointer, consumed: inout Int) -> Step {
    consumed = 0
    do throws(HTTPRefusal) {
      while true {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[consumed...])
        guard let taken = try advance(rest) else { return .needsMore }
        consumed += taken
        if state == .done { return .request(finish()) }
      }
    } catch {
      state = .done
      return .refused(error)
    }
  }

  /// One line or one piece of a body; nil when there is not enough of it.
  private mutating func advance(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) -> Int? {
    switch state {
    case .requestLine:
      return try headLine(bytes) { parser, line throws(HTTPRefusal) in
        try parser.requestLine(line)
      }
    case .headers:
      return try headLine(bytes) { parser, line throws(HTTPRefusal) in
        try parser.headerLine(line)
      }
    case .trailers:
      return try headLine(bytes) { parser, line throws(HTTPRefusal) in
        try parser.trailerLine(line)
      }
    case .body(let left): return appendBody(bytes, left) { $0 == 0 ? .done : .body(left: $0) }
    case .chunk(let left): return appendBody(bytes, left) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
    case .chunkSize:
      return try line(bytes, limit: limits.chunkLineBytesMax, of: .chunkSize) {
        parser, line throws(HTTPRefusal) in
        try parser.chunkLine(line)
      }
    case .chunkEnd:
      return try line(bytes, limit: 0, of: .chunk) { parser, _ throws(HTTPRefusal) in
        parser.state = .chunkSize
      }
    case .done: return nil
    }
  }

  // MARK: Lines

  private typealias LineReader =
    (inout Self, UnsafeRawBufferPointer) throws(HTTPRefusal) -> Void

  private mutating func headLine(
    _ bytes: UnsafeRawBufferPointer, _ read: LineReader
  ) throws(HTTPRefusal) -> Int? {
    // Looked at before the line is read, so that a refusal does not depend on how bytes are cut.
    let headLeft = limits.headBytesMax - headBytes - Self.lineEndBytes
    let taken =
      headLeft < limits.lineBytesMax
      ? try line(bytes, limit: headLeft, of: .head, read)
      : try line(
        bytes, limit: limits.lineBytesMax, of: state == .requestLine ? .requestLine : .header, read)
    headBytes += taken ?? 0
    return taken
  }

  /// What a line is too long for.
  private enum Limited { case requestLine, header, head, chunkSize, chunk }

  private func tooLong(_ limited: Limited) -> HTTPRefusal {
    switch limited {
    case .requestLine:
      HTTPRefusal(414, "the request line is longer than \(limits.lineBytesMax) bytes")
    case .header: HTTPRefusal(431, "a header line is longer than \(limits.lineBytesMax) bytes")
    case .head: HTTPRefusal(431, "the head is longer than \(limits.headBytesMax) bytes")
    case .chunkSize: HTTPRefusal(400, "a chunk's size line is too long")
    case .chunk: HTTPRefusal(400, "a chunk is longer than its size")
    }
  }

  /// Gives `read` the bytes before the next CRLF.
  private mutating func line(
    _ bytes: UnsafeRawBufferPointer, limit: Int, of limited: Limited, _ read: LineReader
  ) throws(HTTPRefusal) -> Int? {
    var index = scanned
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x0A { throw HTTPRefusal(400, "a line ends without a carriage return") }
      if byte == 0x0D {
        guard index + 1 < bytes.count else { break }
        guard bytes[index + 1] == 0x0A else {
          throw HTTPRefusal(400, "a carriage return stands inside a line")
        }
        guard index <= limit else { throw tooLong(limited) }
        scanned = 0
        try read(&self, UnsafeRawBufferPointer(rebasing: bytes[..<index]))
        return index + Self.lineEndBytes
      }
      index += 1
      guard index <= limit else { throw tooLong(limited) }
    }
    scanned = index
    return nil
  }

  private mutating func requestLine(_ line: UnsafeRawBufferPointer) throws(HTTPRefusal) {
    // One empty line, as some clients send after a body, is passed over.
    if line.isEmpty, mayBeEmptyLine {
      mayBeEmptyLine = false
      return
    }
    head = try HTTPRequestHead(requestLine: line)
    state = .headers
  }

  private mutating func headerLine(_ line: UnsafeRawBufferPointer) throws(HTTPRefusal) {
    guard line.isEmpty else { return try head.add(line, limits) }
    let framing = try head.framing(limits)
    awaitsContinue = try head.expectsContinue() && framing != .none
    switch framing {
    case .none: state = .done
    case .length(let count):
      body.reserveCapacity(min(count, 64 << 10))
      state = .body(left: count)
    case .chunked: state = .chunkSize
    }
  }

  private mutating func trailerLine(_ line: UnsafeRawBufferPointer) throws(HTTPRefusal) {
    // Read like headers, for the same limits, and forgotten.
    if line.isEmpty { state = .done } else { try head.add(line, limits, isTrailer: true) }
  }

  // MARK: Bodies

  private mutating func appendBody(
    _ bytes: UnsafeRawBufferPointer, _ left: Int, then: (Int) -> State
  ) -> Int? {
    guard !bytes.isEmpty else { return nil }
    let taken = min(left, bytes.count)
    body.append(contentsOf: bytes[..<taken])
    awaitsContinue = false
    state = then(left - taken)
    return taken
  }

  private mutating func chunkLine(_ line: UnsafeRawBufferPointer) throws(HTTPRefusal) {
    awaitsContinue = false
    let size = try chunkSize(line)
    guard size <= limits.bodyBytesMax - body.count else { throw .bodyTooLong(limits) }
    state = size == 0 ? .trailers : .chunk(left: size)
  }

  private mutating func finish() -> HTTPRequest {
    var request = head.request
    request.body = body
    let limits = limits
    self = HTTPRequestParser(limits)
    return request
  }
}

/// A chunk's size in hexadecimal digits, up to an extension.
private func chunkSize(_ line: UnsafeRawBufferPointer) throws(HTTPRefusal) -> Int {
  var size = 0
  var digits = 0
  for byte in line {
    if byte == UInt8(ascii: ";"), digits > 0 { break }
    // Eight digits pass every limit; more would only serve to overflow somebody.
    guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80, digits < 8 else {
      throw HTTPRefusal(400, "a chunk's size is no hexadecimal number")
    }
    size = size << 4 | digit
    digits += 1
  }
  guard digits > 0, line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
    throw HTTPRefusal(400, "a chunk's size is no hexadecimal number")
  }
  return size
}

extension HTTPRefusal {
  static func bodyTooLong(_ limits: HTTPLimits) -> HTTPRefusal {
    HTTPRefusal(413, "the body is longer than \(limits.bodyBytesMax) bytes")
  }
}
