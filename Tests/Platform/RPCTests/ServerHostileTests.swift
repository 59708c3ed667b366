import RPC
import TestSupport
import Testing

/// What a server does to those that break the rules, while another client is answered undisturbed.
@Suite struct ServerHostileTests {
  private func expectClose(
    _ bytes: [UInt8], after hello: Hello? = RawPeer.hello(), limits: Limits = Limits(),
    _ code: CloseCode, _ reason: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let test = try TestServer(limits)
    let bystander = try RawPeer(greeting: test.address)
    let peer = try RawPeer(test.address)
    if let hello { try peer.send(RawFrame(.hello, hello)) }
    try peer.send(bytes)
    let close = try peer.closing()
    #expect(close?.code == code, sourceLocation: location)
    #expect(close?.reason == reason, sourceLocation: location)
    #expect(try peer.receive() == nil, "a frame after the close", sourceLocation: location)
    #expect(try bystander.health() == .serving, sourceLocation: location)
  }

  @Test func `a length over the limit is refused from its four bytes`() throws {
    let reason = "a frame of 4294967295 bytes; at most 16777216 are taken"
    try expectClose([255, 255, 255, 255], .limit, reason)
    try expectClose([255, 255, 255, 255], after: nil, .limit, reason)
  }

  @Test func `frames that break the grammar end the connection`() throws {
    try expectClose([0, 0, 0, 3], .protocolViolation, "a frame length of 3; it counts at least 4")
    try expectClose([0, 0, 0, 4, 9, 0, 0, 0], .protocolViolation, "a frame of unknown kind 9")
    try expectClose([0, 0, 0, 4, 1, 2, 0, 0], .protocolViolation, "frame flags 2 were not agreed")
    try expectClose([0, 0, 0, 4, 3, 1, 0, 0], .protocolViolation, "frame flags 1 were not agreed")
    try expectClose(
      [0, 0, 0, 4, 1, 0, 0, 1], .protocolViolation, "a head of 1 bytes in a frame of length 4")
  }

  @Test func `heads that are not their message end the connection`() throws {
    let junk: [UInt8] = [0xFF, 0xFF]
    let expected: [(FrameKind, String)] = [
      (.request, "a request whose head is no RequestHead"),
      (.cancel, "a cancel whose head is no Cancel"),
      (.ping, "the bytes are not a valid brigade.v1.Ping"),
      (.pong, "the bytes are not a valid brigade.v1.Pong"),
      (.drain, "the bytes are not a valid brigade.v1.Drain"),
      (.close, "the bytes are not a valid brigade.v1.Close"),
    ]
    for (kind, reason) in expected {
      let frame = RawFrame(kind: kind.rawValue, head: junk)
      try expectClose(frame.bytes, .protocolViolation, reason)
    }
  }

  @Test func `frames out of turn end the connection`() throws {
    let ping = RawFrame(.ping, Ping()).bytes
    try expectClose(ping, after: nil, .protocolViolation, "a frame before the hello")
    let request = RawPeer.request(1, "brigade.v1.Health/Check", HealthRequest()).bytes
    try expectClose(request, after: nil, .protocolViolation, "a frame before the hello")
    let hello = RawFrame(.hello, RawPeer.hello()).bytes
    try expectClose(hello, .protocolViolation, "a second hello")
    let response = RawFrame(.response, ResponseHead()).bytes
    try expectClose(response, .protocolViolation, "a response frame sent to a server")
  }

  @Test func `a number in use ends the connection`() throws {
    let request = RawPeer.request(1, TestServer.wait.name, DescribeRequest()).bytes
    try expectClose(request + request, .protocolViolation, "call 1 is in use")
  }

  @Test func `who says no hello is not waited for`() throws {
    var limits = Limits()
    // The other client says its hello within that.
    limits.helloMilliseconds = 500
    try expectClose([], after: nil, limits: limits, .timeout, "no hello within 500 ms")
    try expectClose([0], after: nil, limits: limits, .timeout, "no hello within 500 ms")
  }

  @Test func `who writes a byte at a time is not waited for`() throws {
    var limits = Limits()
    limits.partialFrameMilliseconds = 100
    let test = try TestServer(limits)
    let bystander = try RawPeer(greeting: test.address)
    let peer = try RawPeer(greeting: test.address)
    let frame = RawPeer.request(
      1, TestServer.echo.name, test.named(String(repeating: "x", count: 5_000)))
    var sent = 0
    for byte in frame.bytes {
      try peer.send([byte])
      sent += 1
      #expect(try bystander.health() == .serving)
      if peer.hears(withinMilliseconds: 5) { break }
    }
    #expect(sent < frame.bytes.count)
    let close = try peer.closing()
    #expect(close?.code == .timeout && close?.reason == "half a frame for 100 ms")
  }

  @Test func `a frame that comes in pieces is answered`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    for byte in RawPeer.request(5, TestServer.echo.name, test.named("slow")).bytes {
      try peer.send([byte])
    }
    #expect(try peer.response().head.call == 5)
  }

  @Test func `random bytes disturb nobody`() throws {
    let test = try TestServer()
    let bystander = try RawPeer(greeting: test.address)
    for seed in UInt64(1)...150 {
      var random = SeededGenerator(seed: seed)
      let peer = random.chance(2) ? try RawPeer(greeting: test.address) : try RawPeer(test.address)
      var bytes = random.bytes(1...300)
      // Let some pass for frames, so that heads and bodies are reached.
      if random.chance(2) {
        let kind = UInt8.random(in: 0...7, using: &random)
        bytes = RawFrame(kind: kind, head: random.bytes(0...40), body: random.bytes(0...40)).bytes
      }
      try peer.send(bytes)
      #expect(try bystander.health() == .serving, "seed \(seed)")
    }
    try test.eventually("they are gone") { test.server.connectionCount == 2 }
  }

  @Test func `connections that end in the middle of a frame leave nothing`() throws {
    let test = try TestServer()
    let bystander = try RawPeer(greeting: test.address)
    let frame = RawPeer.request(1, TestServer.wait.name, test.named("cut")).bytes
    for end in 0...frame.count {
      let peer = try RawPeer(greeting: test.address)
      try peer.send(Array(frame[..<end]))
    }
    #expect(try bystander.health() == .serving)
    try test.eventually("they are gone") { test.server.connectionCount == 2 }
  }

  @Test func `a client that does not read is not read from, and cut in the end`() throws {
    var limits = Limits()
    limits.outputBytesHigh = 64 << 10
    limits.stalledOutputMilliseconds = 1_500
    let test = try TestServer(limits)
    let bystander = try RawPeer(greeting: test.address)
    let peer = try RawPeer(greeting: test.address)
    // Forty megabytes of answers, far more than the kernel holds for a socket.
    let requests = (1...400).flatMap { call in
      RawPeer.request(UInt64(call), TestServer.blow.name, test.named("100000")).bytes
    }
    try peer.send(requests)
    #expect(try bystander.health() == .serving)
    try test.eventually("it is cut") { test.server.connectionCount == 2 }
  }

  @Test func `output without end cuts the connection`() throws {
    var limits = Limits()
    limits.outputBytesHigh = 1 << 20
    limits.outputBytesMax = 4 << 20
    let test = try TestServer(limits)
    let bystander = try RawPeer(greeting: test.address)
    let peer = try RawPeer(greeting: test.address)
    let requests = (1...8).flatMap { call in
      RawPeer.request(UInt64(call), TestServer.blow.name, test.named("\(3 << 20)")).bytes
    }
    try peer.send(requests)
    #expect(try bystander.health() == .serving)
    try test.eventually("it is cut") { test.server.connectionCount == 2 }
  }
}
