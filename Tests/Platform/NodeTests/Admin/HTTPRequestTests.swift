import TestSupport
import Testing

@testable import Node

@Suite struct HTTPRequestTests {
  private func parse(_ bytes: [UInt8]) -> HTTPRequest.Step {
    bytes.withUnsafeBytes { HTTPRequest.parse($0) }
  }

  private func parse(_ text: String) -> HTTPRequest.Step { parse(Array(text.utf8)) }

  private func status(_ text: String) -> Int? {
    if case .refused(let status, _) = parse(text) { status } else { nil }
  }

  private func request(_ text: String) -> HTTPRequest? {
    if case .request(let request, _) = parse(text) { request } else { nil }
  }

  @Test func `a scraper's request is taken apart`() {
    let text = "GET /metrics?name=up HTTP/1.1\r\nHost: a:1\r\nAccept: text/plain\r\n\r\n"
    let expected = HTTPRequest(
      method: "GET", path: "/metrics", query: "name=up", keepsAlive: true, accept: "text/plain")
    #expect(parse(text) == .request(expected, bytes: text.utf8.count))
    #expect(request("HEAD / HTTP/1.1\r\n\r\n")?.method == "HEAD")
    #expect(request("GET /a?b?c HTTP/1.1\r\n\r\n")?.query == "b?c")
  }

  @Test func `a request is incomplete until its empty line, byte by byte`() {
    let text = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    for count in 0..<text.utf8.count {
      #expect(parse(Array(text.utf8.prefix(count))) == .incomplete, "\(count) bytes")
    }
    #expect(request(text) != nil)
  }

  @Test func `of pipelined requests the first is taken`() {
    let first = "GET /a HTTP/1.1\r\n\r\n"
    guard case .request(let request, let bytes) = parse(first + "GET /b HTTP/1.1\r\n\r\n") else {
      Issue.record("no request")
      return
    }
    #expect(request.path == "/a")
    #expect(bytes == first.utf8.count)
  }

  @Test func `connections are kept unless one side does not want it`() {
    #expect(request("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")?.keepsAlive == false)
    #expect(request("GET / HTTP/1.1\r\ncOnNeCtIoN:CLOSE\r\n\r\n")?.keepsAlive == false)
    #expect(request("GET / HTTP/1.1\r\nConnection: keep-alive\r\n\r\n")?.keepsAlive == true)
    #expect(request("GET / HTTP/1.0\r\n\r\n")?.keepsAlive == false)
  }

  @Test(arguments: [
    "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTTP/2\r\n\r\n",
    "GET  / HTTP/1.1\r\n\r\n", "GET livez HTTP/1.1\r\n\r\n", "GET http://a/ HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n", " / HTTP/1.1\r\n\r\n",
  ])
  func `what has no request line is refused`(text: String) {
    #expect(status(text) == 400)
  }

  @Test(arguments: [
    "no colon", ": no name", " folded: line", "\tfolded: line", "name : value", "na me: value",
  ])
  func `a header line without a proper name is refused`(line: String) {
    #expect(status("GET / HTTP/1.1\r\n\(line)\r\n\r\n") == 400)
  }

  @Test(arguments: [
    "Content-Length: 1", "content-length:10", "Transfer-Encoding: chunked", "Content-Length: x",
  ])
  func `a request with a body is refused`(line: String) {
    #expect(status("GET / HTTP/1.1\r\n\(line)\r\n\r\nbody") == 413)
  }

  @Test func `a body of no bytes is none`() {
    #expect(request("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n") != nil)
  }

  @Test func `a head may be as long as the limit and no longer, complete or not`() {
    func head(_ bytes: Int) -> String {
      let frame = "GET / HTTP/1.1\r\nX: \r\n\r\n"
      let value = String(repeating: "x", count: bytes - frame.utf8.count)
      return "GET / HTTP/1.1\r\nX: \(value)\r\n\r\n"
    }
    #expect(request(head(HTTPRequest.bytesMax)) != nil)
    for longer in 1...5 { #expect(status(head(HTTPRequest.bytesMax + longer)) == 431) }
    #expect(status(head(1 << 20)) == 431)
    let endless = [UInt8](repeating: UInt8(ascii: "x"), count: HTTPRequest.bytesMax)
    #expect(parse(endless) == .incomplete)
    #expect(
      parse(endless + [1]) == .refused(status: 431, reason: "the head is longer than 8192 bytes"))
  }

  @Test func `random bytes never trap`() {
    let pieces = ["GET ", "/", " HTTP/1.1", "\r\n", "\r", "\n", ":", " ", "?", "Connection: close"]
    var taken = 0
    for seed in UInt64(1)...5_000 {
      var random = SeededGenerator(seed: seed)
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        bytes +=
          random.chance(4)
          ? random.bytes(0...6) : Array(pieces.randomElement(using: &random)!.utf8)
      }
      if random.chance(2) { bytes = Array("GET / HTTP/1.1\r\n".utf8) + bytes }
      if random.chance(2) { bytes += [13, 10, 13, 10] }
      if case .request(_, let count) = parse(bytes) {
        taken += 1
        #expect(count <= bytes.count, "seed \(seed)")
      }
    }
    #expect(taken > 50)
  }

  @Test func `a response says how long it is, with or without its body`() {
    let response = HTTPResponse(status: 404, body: "näh\n")
    let head =
      "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
      + "Content-Length: 5\r\nConnection: "
    #expect(response.encode(keepsAlive: true, withBody: true) == head + "keep-alive\r\n\r\nnäh\n")
    #expect(response.encode(keepsAlive: false, withBody: false) == head + "close\r\n\r\n")
  }

  @Test func `what a response says besides is among its headers`() {
    let response = HTTPResponse(
      status: 405, body: "", allow: "GET", headers: ["Cache-Control": "no-store"])
    #expect(
      response.encode(keepsAlive: true, withBody: true).hasSuffix(
        "\r\nAllow: GET\r\nCache-Control: no-store\r\nConnection: keep-alive\r\n\r\n"))
  }
}
