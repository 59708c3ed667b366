internal import HTTP
internal import RPC

extension FuzzTarget {
  private static var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.lineBytesMax = 256
    limits.headersMax = 12
    limits.headBytesMax = 1_024
    limits.bodyBytesMax = 1_024
    return limits
  }

  /// Requests of one connection: the same whatever the pieces they come in.
  static let httpRequest = FuzzTarget(
    "http-request",
    dictionary: [
      "Transfer-Encoding: chunked\r\n", "Content-Length: 1\r\n", "\r\n\r\n", "0\r\n\r\n",
      "HTTP/1.1",
      "Expect: 100-continue\r\n", "Host: h\r\n", "GET / HTTP/1.1\r\n",
    ]
  ) {
    [
      "GET /a?b=c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
    ].map { Array($0) }
  } read: { bytes in
    let whole = Conversation(bytes, pieceBytes: bytes.count)
    for pieceBytes in [1, 7, 64] {
      let pieces = Conversation(bytes, pieceBytes: pieceBytes)
      try promise(pieces == whole, "in pieces of \(pieceBytes): \(pieces); whole: \(whole)")
    }
    let bodyBytes = whole.requests.map(\.body.count).max() ?? 0
    try promise(bodyBytes <= limits.bodyBytesMax, "a body of \(bodyBytes) bytes")
    return whole.requests.isEmpty ? .refused : .accepted
  }

  private struct Conversation: Equatable {
    var requests: [HTTPRequest] = []
    var refusal: HTTPRefusal?

    init(_ bytes: [UInt8], pieceBytes: Int) {
      var parser = HTTPRequestParser(FuzzTarget.limits)
      var unread: [UInt8] = []
      var rest = bytes[...]
      while refusal == nil, !rest.isEmpty {
        unread += rest.prefix(pieceBytes)
        rest = rest.dropFirst(pieceBytes)
        var step: HTTPRequestParser.Step
        repeat {
          var consumed = 0
          step = unread.withUnsafeBytes { parser.next($0, consumed: &consumed) }
          unread.removeFirst(consumed)
          if case .request(let request) = step { requests.append(request) }
          if case .refused(let why) = step { refusal = why }
        } while step != .needsMore && refusal == nil
      }
    }
  }

  static let gzip = FuzzTarget("gzip") {
    let gzip = ZlibCodec(.gzip)
    return ["", "a", String(repeating: "{\"a\":1},", count: 200)].map { gzip.compress(Array($0)) }
      + [gzip.compress([UInt8](repeating: 0, count: 1 << 17))]
  } read: { bytes in
    let gzip = ZlibCodec(.gzip)
    guard let inflated = try? gzip.inflate(bytes, bytesMax: limits.bodyBytesMax) else {
      return .refused
    }
    try promise(inflated.count <= limits.bodyBytesMax, "\(inflated.count) bytes")
    let again = try gzip.inflate(gzip.compress(inflated), bytesMax: limits.bodyBytesMax)
    try promise(again == inflated, "other bytes when they are deflated again")
    return .accepted
  }
}
