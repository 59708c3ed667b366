import RPC
import Synchronization
import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPConnectionTests {
  private func say(_ name: String, headers: [String] = []) -> [UInt8] {
    HTTPClient.post(body(name), headers: headers)
  }

  private func body(_ name: String) -> [UInt8] { Array(#"{"name":"\#(name)"}"#.utf8) }

  @Test func `a connection is kept for one request after the other`() throws {
    let server = try EdgeServer()
    let client = try server.client()
    for name in ["a", "b", "c"] {
      let answer = try client.call(#"{"name":"\#(name)"}"#)
      #expect(answer.status == 200 && answer.text == #"{"name":"\#(name)"}"#)
      #expect(answer.header("Connection") == nil && answer.header("Date") != nil)
    }
    #expect(server.server.connectionCount == 1)
    let last = try client.call(#"{"name":"z"}"#, headers: ["Connection: close"])
    #expect(last.header("Connection") == "close")
    #expect(try client.isEnded())
  }

  @Test func `pipelined requests are answered in their order, however many and however cut`() throws
  {
    var limits = HTTPLimits()
    limits.pipelinedMax = 3
    let server = try EdgeServer(http: limits)
    let client = try server.client()
    var random = SeededGenerator(seed: 9)
    let bytes = (0..<200).flatMap { say("n\($0)") }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...4_000, using: &random)
      try client.send(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    for index in 0..<200 { #expect(try client.answer().text == #"{"name":"n\#(index)"}"#) }
  }

  @Test func `a slow answer holds back the quick ones behind it, and the client's pipeline`() throws
  {
    var limits = HTTPLimits()
    limits.pipelinedMax = 2
    let server = try EdgeServer(http: limits)
    let client = try server.client()
    let slow = HTTPClient.post("/test.Echo/Wait", body("w"), headers: ["Connect-Timeout-Ms: 150"])
    try client.send(slow + say("a") + say("b"))
    #expect(try client.answer().status == 504)
    #expect(try client.answer().text == #"{"name":"a"}"#)
    #expect(try client.answer().text == #"{"name":"b"}"#)
  }

  @Test func `leave to send a body is given after the answers before it`() throws {
    let server = try EdgeServer()
    let client = try server.client()
    let head =
      "POST /test.Echo/Say HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
      + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n"
    try client.send(say("first") + Array(head.utf8))
    #expect(try client.answer().text == #"{"name":"first"}"#)
    #expect(try client.answer(hasBody: false).status == 100)
    try client.send(#"{"name":"x"}"#)
    #expect(try client.answer().text == #"{"name":"x"}"#)
  }

  @Test func `what is refused is answered, and the connection ends`() throws {
    let server = try EdgeServer()
    for (text, status) in [
      ("GET / HTTP/1.1\r\n\r\n", 400), ("PRI * HTTP/2.0\r\n\r\n", 505),
      ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n", 413),
    ] {
      let client = try server.client()
      // What stands behind a refused request is no request.
      try client.send(say("before") + Array(text.utf8) + say("behind"))
      #expect(try client.answer().status == 200)
      let answer = try client.answer()
      #expect(answer.status == status && answer.header("Connection") == "close")
      #expect(try client.isEnded())
    }
  }

  @Test func `slow heads, slow bodies and idle clients are cut off`() throws {
    var limits = HTTPLimits()
    limits.headMilliseconds = 100
    limits.bodyMilliseconds = 100
    // All of the others have begun to send by then.
    limits.idleMilliseconds = 1_000
    let server = try EdgeServer(http: limits)
    for start in [
      "POST /test.Ec", "POST /test.Echo/Say HTTP/1.1\r\nHost: h\r\nX",
      "POST /test.Echo/Say HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{",
    ] {
      let client = try server.client()
      try client.send(start)
      #expect(try client.answer().status == 408, "\(start)")
      #expect(try client.isEnded())
    }
    #expect(try server.client().isEnded())
    try eventually("all are gone") { server.server.connectionCount == 0 }
  }

  @Test func `a client that leaves is not worked for`() throws {
    let server = try EdgeServer()
    var client: HTTPClient? = try server.client()
    let wait = HTTPClient.post("/test.Echo/Wait", body("w"))
    try client?.send(wait + wait)
    try eventually("both run") { server.observed.started.load(ordering: .relaxed) == 2 }
    client = nil
    try eventually("both are cancelled") {
      server.observed.cancelled.load(ordering: .relaxed) == 2
    }
    try eventually("it is gone") { server.server.connectionCount == 0 }
    let ended = server.observed.ended.withLock { $0 }
    #expect(ended.map(\.code) == [.cancelled, .cancelled])
    #expect(ended.allSatisfy { $0.nanoseconds > 0 && $0.queueNanoseconds >= 0 })
  }

  @Test func `more connections than the limit wait until others have gone`() throws {
    var limits = HTTPLimits()
    limits.connectionsMax = 2
    let server = try EdgeServer(http: limits)
    var clients = try [server.client(), server.client()]
    for client in clients { #expect(try client.call("{}").status == 200) }
    let third = try server.client()
    try third.send(say("third"))
    #expect(server.server.connectionCount == 2)
    clients = []
    #expect(try third.answer().text == #"{"name":"third"}"#)
  }

  @Test func `a server that drains answers what it has begun and ends idle connections`() throws {
    let server = try EdgeServer()
    let idle = try server.client()
    #expect(try idle.call("{}").status == 200)
    let busy = try server.client()
    try busy.send(
      HTTPClient.post("/test.Echo/Wait", body("w"), headers: ["Connect-Timeout-Ms: 1500"]))
    try eventually("it runs") { server.observed.started.load(ordering: .relaxed) == 1 }
    server.server.drain()
    #expect(try idle.isEnded())
    let answer = try busy.answer()
    #expect(answer.status == 504 && answer.header("Connection") == "close")
    #expect(try busy.isEnded())
    try eventually("all are gone") { server.server.connectionCount == 0 }
  }

  @Test func `bytes without sense never bring it down`() throws {
    let server = try EdgeServer()
    var random = SeededGenerator(seed: 77)
    let words = [
      "POST ", "/test.Echo/Say", " HTTP/1.1", "\r\n", "Host: h", "Content-Length: ", "5",
    ]
    for _ in 0..<60 {
      let client = try server.client()
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        bytes += Array(words.randomElement(using: &random)!.utf8)
        bytes.append(UInt8.random(in: 0...255, using: &random))
      }
      try client.send(bytes)
    }
    #expect(try server.client().call(#"{"name":"still"}"#).text == #"{"name":"still"}"#)
  }
}
