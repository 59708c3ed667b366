/// Request line and headers as they are read, and what they say about the body.
struct HTTPRequestHead {
  /// How the body's end is found.
  enum Framing: Equatable {
    case none
    case length(Int)
    case chunked
  }

  /// No method that is in use is longer than a third of it.
  private static let methodBytesMax = 32

  private var method = ""
  private var path = ""
  private var query = ""
  private var isVersion11 = true
  private var headers: [HTTPRequest.Header] = []
  private var trailers = 0

  init() {}

  // MARK: Request line

  init(requestLine line: UnsafeRawBufferPointer) throws(HTTPRefusal) {
    let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].allSatisfy(isTokenByte),
      (1...Self.methodBytesMax).contains(parts[0].count),
      !parts[1].isEmpty, parts[1].allSatisfy({ (0x21...0x7E).contains($0) })
    else { throw HTTPRefusal(400, "not an HTTP/1.1 request line") }
    switch String(decoding: parts[2], as: UTF8.self) {
    case "HTTP/1.1": isVersion11 = true
    case "HTTP/1.0": isVersion11 = false
    case let other where other.hasPrefix("HTTP/"):
      throw HTTPRefusal(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
    default: throw HTTPRefusal(400, "not an HTTP/1.1 request line")
    }
    method = String(decoding: parts[0], as: UTF8.self)
    try readTarget(String(decoding: parts[1], as: UTF8.self))
  }

  private mutating func readTarget(_ target: String) throws(HTTPRefusal) {
    var target = target[...]
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      // As proxies are asked. The authority says nothing that a Host header does not.
      target = target.dropFirst(scheme.utf8.count).drop { $0 != "/" && $0 != "?" }
      if !target.hasPrefix("/") { target = "/" + target }
    }
    guard target.hasPrefix("/") || (target == "*" && method == "OPTIONS"), !target.contains("#")
    else { throw HTTPRefusal(400, "the request's target is no path") }
    let mark = target.firstIndex(of: "?") ?? target.endIndex
    path = String(target[..<mark])
    query = String(target[mark...].dropFirst())
  }

  // MARK: Headers

  mutating func add(
    _ line: UnsafeRawBufferPointer, _ limits: HTTPLimits, isTrailer: Bool = false
  ) throws(HTTPRefusal) {
    guard headers.count + trailers < limits.headersMax else {
      throw HTTPRefusal(431, "more than \(limits.headersMax) headers")
    }
    // A folded line, or a space before the colon, fails here: neither begins with a name.
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
      line[..<colon].allSatisfy(isTokenByte)
    else { throw HTTPRefusal(400, "a header line without a name") }
    let value = line[(colon + 1)...]
    guard value.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
      throw HTTPRefusal(400, "a control character in a header")
    }
    if isTrailer {
      trailers += 1
    } else {
      headers.append(
        HTTPRequest.Header(
          name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
          value: String(String(decoding: value, as: UTF8.self).trimmed)))
    }
  }

  private func values(_ name: String) -> [String] {
    headers.filter { $0.name == name }.map(\.value)
  }

  /// Checks what tells requests of one connection apart.
  func framing(_ limits: HTTPLimits) throws(HTTPRefusal) -> Framing {
    let hosts = values("host")
    guard hosts.count == 1 || (hosts.isEmpty && !isVersion11) else {
      throw HTTPRefusal(400, hosts.isEmpty ? "no Host header" : "more than one Host header")
    }
    let lengths = values("content-length")
    let codings = values("transfer-encoding")
    guard lengths.isEmpty || codings.isEmpty else {
      throw HTTPRefusal(400, "both Content-Length and Transfer-Encoding")
    }
    if let coding = codings.first {
      guard codings.count == 1, isVersion11 else {
        throw HTTPRefusal(400, "Transfer-Encoding twice, or in HTTP/1.0")
      }
      guard coding.lowercased() == "chunked" else {
        throw HTTPRefusal(501, "of transfer encodings only chunked is understood")
      }
      return .chunked
    }
    guard let length = lengths.first else { return .none }
    guard lengths.count == 1, !length.isEmpty, length.utf8.count <= 18,
      length.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(length)
    else { throw HTTPRefusal(400, "Content-Length is not one number") }
    guard count <= limits.bodyBytesMax else { throw .bodyTooLong(limits) }
    return count == 0 ? .none : .length(count)
  }

  func expectsContinue() throws(HTTPRefusal) -> Bool {
    let expected = values("expect")
    guard !expected.isEmpty else { return false }
    guard expected.count == 1, expected[0].lowercased() == "100-continue" else {
      throw HTTPRefusal(417, "of expectations only 100-continue is met")
    }
    return isVersion11
  }

  /// Without a body.
  var request: HTTPRequest {
    var request = HTTPRequest(
      method: method, path: path, query: query, headers: headers, keepsAlive: isVersion11)
    if request.list("connection").contains(where: { $0.lowercased() == "close" }) {
      request.keepsAlive = false
    }
    return request
  }
}

/// RFC 9110's tchar.
private func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
