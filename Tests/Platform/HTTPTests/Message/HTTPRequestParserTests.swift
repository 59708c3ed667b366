import TestSupport
import Testing

@testable import HTTP

/// What a parser made of some bytes: requests, and perhaps why there is no further one.
struct Parsed: Equatable {
  var requests: [HTTPRequest] = []
  var refusal: HTTPRefusal?
  /// In the middle of a request.
  var isPartial = false

  /// - Parameter pieces: lengths that the bytes come in; what is left comes at once.
  init(_ bytes: [UInt8], pieces: [Int] = [], limits: HTTPLimits = HTTPLimits()) {
    var parser = HTTPRequestParser(limits)
    var unread: [UInt8] = []
    var rest = bytes[...]
    for piece in pieces + [bytes.count] {
      unread += rest.prefix(piece)
      rest = rest.dropFirst(piece)
      while refusal == nil {
        var consumed = 0
        let step = unread.withUnsafeBytes { parser.next($0, consumed: &consumed) }
        unread.removeFirst(consumed)
        if case .request(let request) = step { requests.append(request) }
        if case .refused(let why) = step { refusal = why }
        if step == .needsMore { break }
      }
    }
    isPartial = parser.phase != .idle && refusal == nil
  }

  init(_ text: String, limits: HTTPLimits = HTTPLimits()) {
    self.init(Array(text.utf8), limits: limits)
  }

  var status: Int? { refusal?.status.code }
}

@Suite struct HTTPRequestParserTests {
  private static let post = "POST /a HTTP/1.1\r\nHost: h\r\n"

  @Test func `a request is read with its query, headers and body`() throws {
    let parsed = Parsed(
      "POST /brigade.v1.Gateway/Rank?x=1 HTTP/1.1\r\nHost: h\r\nContent-TYPE: \t a b \t\r\n"
        + "Accept-Encoding: br, gzip\r\naccept-encoding: x\r\nContent-Length: 3\r\n\r\nabc")
    let request = try #require(parsed.requests.first)
    #expect(parsed.requests.count == 1 && parsed.refusal == nil && !parsed.isPartial)
    #expect(request.method == "POST" && request.path == "/brigade.v1.Gateway/Rank")
    #expect(request.query == "x=1" && request.keepsAlive)
    #expect(request["content-type"] == "a b")
    #expect(request.list("accept-encoding") == ["br", "gzip", "x"])
    #expect(request.count(of: "accept-encoding") == 2 && request["absent"] == nil)
    #expect(request.body == Array("abc".utf8))
  }

  @Test func `chunks are put together, extensions and trailers passed over`() {
    let parsed = Parsed(
      Self.post + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0000A;x=\"y\"\r\n0123456789\r\n"
        + "0\r\nX-Sum: 1\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(parsed.requests.map(\.body) == [Array("abc0123456789".utf8), []])
    #expect(parsed.requests.map(\.method) == ["POST", "GET"])
    #expect(parsed.requests[0]["x-sum"] == nil)
  }

  @Test func `who keeps the connection open is told apart`() {
    let cases: [(String, Bool)] = [
      ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", true),
      ("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", false),
      ("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, close\r\n\r\n", false),
      ("GET / HTTP/1.0\r\n\r\n", false),
    ]
    for (text, keepsAlive) in cases {
      #expect(Parsed(text).requests.map(\.keepsAlive) == [keepsAlive], "\(text)")
    }
  }

  @Test func `targets of all three forms are read`() {
    let cases: [(String, String)] = [
      ("GET /a?b?c", "/a"), ("GET http://h:1/a?q", "/a"), ("GET HTTP://h", "/"),
      ("OPTIONS *", "*"),
    ]
    for (start, path) in cases {
      #expect(
        Parsed("\(start) HTTP/1.1\r\nHost: h\r\n\r\n").requests.map(\.path) == [path], "\(start)")
    }
  }

  @Test(arguments: [
    // Smuggling: ends of bodies that two readers could see at two places.
    ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
    ("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    ("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    ("Content-Length: 3, 3\r\n\r\nabc", 400),
    ("Content-Length: +3\r\n\r\nabc", 400),
    ("Content-Length: -3\r\n\r\nabc", 400),
    ("Content-Length: 0x3\r\n\r\nabc", 400),
    ("Content-Length: 3 \r\n 4\r\n\r\nabc", 400),
    ("Content-Length:\r\n\r\n", 400),
    ("Content-Length: 99999999999999999999\r\n\r\n", 400),
    ("Content-Length: 999999999999999999\r\n\r\n", 413),
    ("Content-Length: 4194305\r\n\r\n", 413),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    ("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    ("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 501),
    ("Transfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    ("Transfer-Encoding\u{9}: chunked\r\n\r\n0\r\n\r\n", 400),
    ("X: y\r\n Content-Length: 3\r\n\r\nabc", 400),
    ("X: y\r\n\tz\r\n\r\n", 400),
    ("X: y\nContent-Length: 3\r\n\r\nabc", 400),
    ("X: y\rContent-Length: 3\r\n\r\nabc", 400),
    ("X: a\u{0}b\r\n\r\n", 400),
    ("X: a\u{7F}b\r\n\r\n", 400),
    (": y\r\n\r\n", 400),
    ("no colon\r\n\r\n", 400),
    ("X(: y\r\n\r\n", 400),
    ("é: y\r\n\r\n", 400),
    ("Host: other\r\n\r\n", 400),
    ("Expect: 200-ok\r\n\r\n", 417),
    ("Transfer-Encoding: chunked\r\n\r\n\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\ng\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n 1\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n1 \r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n0x1\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n;a\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n1;\u{1}\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n1\na\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\n000000001\r\n", 400),
    ("Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413),
    ("Transfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n", 400),
  ])
  func `what two readers could understand differently is refused`(rest: String, status: Int) {
    let parsed = Parsed(Self.post + rest)
    #expect(parsed.requests.isEmpty)
    #expect(parsed.status == status, "\(rest.debugDescription): \(parsed)")
  }

  @Test(arguments: [
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), ("GET / HTTP/1.2\r\n\r\n", 505),
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET  / HTTP/1.1\r\n", 400), ("GET /\r\n", 400),
    ("GET / HTTP/1.1 \r\n", 400), ("GET / x HTTP/1.1\r\n", 400), (" GET / HTTP/1.1\r\n", 400),
    ("GET a HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ("GET /é HTTP/1.1\r\n", 400), ("GET /#a HTTP/1.1\r\n", 400), ("G(T / HTTP/1.1\r\n", 400),
    ("\r\n\r\nGET / HTTP/1.1\r\n", 400), ("GET / http/1.1\r\n", 400),
    ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\n", 400),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
  ])
  func `what is no request line of HTTP 1 is refused`(text: String, status: Int) {
    #expect(Parsed(text).status == status, "\(text.debugDescription)")
    #expect(Parsed(text).requests.isEmpty)
  }

  @Test func `one empty line before a request is passed over`() {
    #expect(Parsed("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n").requests.count == 1)
  }

  @Test func `every limit holds to the byte`() {
    var limits = HTTPLimits()
    limits.lineBytesMax = 60
    limits.headBytesMax = 100
    limits.headersMax = 3
    limits.bodyBytesMax = 4
    func status(_ text: String) -> Int? { Parsed(text, limits: limits).status }
    let a = { String(repeating: "a", count: $0) }
    #expect(status("GET /\(a(46)) HTTP/1.1\r\nHost: h\r\n\r\n") == nil)
    #expect(status("GET /\(a(47)) HTTP/1.1\r\nHost: h\r\n\r\n") == 414)
    #expect(status(a(61)) == 414)
    // 16 of the request line, 9 of Host, 2 of the end: 73 are left.
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nX:\(a(58))\r\n\r\n") == nil)
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nX:\(a(59))\r\n\r\n") == 431)
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nX:\(a(40))\r\nY:\(a(25))\r\n\r\n") == nil)
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nX:\(a(40))\r\nY:\(a(26))\r\n\r\n") == 431)
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nA:\r\nB:\r\n\r\n") == nil)
    #expect(status("GET / HTTP/1.1\r\nHost: h\r\nA:\r\nB:\r\nC:\r\n\r\n") == 431)
    let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(status(chunked + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n") == nil)
    #expect(status(chunked + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n") == 413)
    #expect(status(chunked + "1;\(a(300))\r\n") == 400)
    #expect(status(chunked + "0\r\nA:\r\nB:\r\n\r\n") == 431)
    #expect(status("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n") == 413)
  }

  @Test func `a client that waits for leave to send its body is known until it sends`() {
    var parser = HTTPRequestParser()
    var consumed = 0
    let head = Array((Self.post + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n").utf8)
    #expect(head.withUnsafeBytes { parser.next($0, consumed: &consumed) } == .needsMore)
    #expect(consumed == head.count && parser.awaitsContinue && parser.phase == .body)
    let byte: [UInt8] = [97]
    #expect(byte.withUnsafeBytes { parser.next($0, consumed: &consumed) } == .needsMore)
    #expect(!parser.awaitsContinue)
    // Without a body there is nothing to wait for.
    #expect(Parsed(Self.post + "Expect: 100-continue\r\n\r\n").requests.count == 1)
  }

  /// Requests and mutations of them, in pieces of any length: what comes out depends on the bytes
  /// alone, and never traps.
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `pieces make no difference, whatever the bytes are`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let samples = [
      Self.post + "Content-Length: 5\r\n\r\nabcde",
      Self.post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;e\r\nd\r\n0\r\nT: x\r\n\r\n",
      "GET http://h/x?y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
      "\r\nOPTIONS * HTTP/1.0\r\n\r\n",
    ]
    var whole = 0
    for _ in 0..<2_000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes += Array(samples.randomElement(using: &random)!.utf8)
      }
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let index = bytes.indices.randomElement(using: &random)!
        let interesting: [UInt8] = [0, 9, 10, 13, 32, 48, 58, 59, 102, 128, 255]
        bytes[index] = interesting.randomElement(using: &random)!
      }
      let pieces = (0..<40).map { _ in Int.random(in: 0...9, using: &random) }
      let atOnce = Parsed(bytes)
      #expect(Parsed(bytes, pieces: pieces) == atOnce, "seed \(seed): \(bytes)")
      whole += atOnce.requests.count
    }
    #expect(whole > 1_000, "the samples are requests")
  }
}
