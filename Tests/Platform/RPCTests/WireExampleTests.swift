import CMessages
import RPC
import Testing

/// The bytes of WIRE.md's example, held against the code.
@Suite struct WireExampleTests {
  /// Bytes by the line that introduces them, `client hello`.
  private let parts: [String: [UInt8]]

  init() throws {
    let page = try #require(RepositoryFiles.read("proto/WIRE.md"))
    let afterFence = try #require(page.split(separator: "```wire-example\n").dropFirst().first)
    let block = try #require(afterFence.split(separator: "```").first)
    var parts: [String: [UInt8]] = [:]
    var name = ""
    for line in block.split(separator: "\n") {
      let code = line.split(separator: "#", omittingEmptySubsequences: false)[0]
      let words = code.split(separator: " ")
      let bytes = words.compactMap { UInt8($0, radix: 16) }
      if bytes.count == words.count {
        parts[name, default: []] += bytes
      } else {
        name = String(line)
      }
    }
    self.parts = parts
  }

  private struct Part {
    var kind: FrameKind
    var head: [UInt8]
    var body: [UInt8]
  }

  private func decoded(_ name: String) throws -> Part {
    let bytes = try #require(parts[name], "\(parts.keys.sorted())")
    let step = try bytes.withUnsafeBytes { try FrameDecoder(frameBytesMax: 16 << 20).next($0) }
    guard case .frame(let header) = step else {
      throw WaitedInVain(description: "\(name): \(step)")
    }
    let body = FrameHeader.bytes + header.headBytes
    #expect(body + header.bodyBytes == bytes.count, "\(name)")
    return Part(
      kind: header.kind, head: Array(bytes[FrameHeader.bytes..<body]), body: Array(bytes[body...]))
  }

  private func expectEncodes(
    _ kind: FrameKind, _ head: some Message, _ body: (some Message)?, to name: String
  ) {
    let arena = Arena()
    func pointer(_ message: some Message) -> UnsafePointer<ProtobufCMessage> {
      UnsafeRawPointer(arena.message(message)!).assumingMemoryBound(to: ProtobufCMessage.self)
    }
    var output = ByteQueue()
    FrameEncoder.append(
      kind, head: pointer(head), body: body.map { pointer($0) }, to: &output,
      frameBytesMax: 16 << 20)
    let encoded = Array(output.unread)
    #expect(encoded == parts[name], "\(name)")
  }

  @Test func `the hellos are what they are said to be`() throws {
    for (name, replica) in [("client hello", "gateway-1"), ("server hello", "features-2")] {
      let part = try decoded(name)
      let hello = try Hello(decoding: part.head)
      #expect(part.kind == .hello && part.body.isEmpty)
      #expect(hello.version == 1 && hello.replica == replica && hello.software == "brigade/0.1")
      #expect(hello.frameBytesMax == 16_777_216 && hello.callsInFlightMax == 1_024)
      #expect(hello.kinds == Array(0...7) && hello.flags == 0 && hello.token.isEmpty)
      expectEncodes(.hello, hello, Hello?.none, to: name)
      let role: ConnectionState.Role = name == "client hello" ? .server : .client
      var state = ConnectionState(role, token: "", limits: Limits())
      try state.received(hello)
      #expect(state.phase == .open)
    }
  }

  @Test func `the request is what it is said to be`() throws {
    let part = try decoded("client request")
    let head = try RequestHead(decoding: part.head)
    let body = try HealthRequest(decoding: part.body)
    #expect(part.kind == .request && head.call == 1 && head.method == Method.health.name)
    #expect(head.budgetMicroseconds == 50_000 && head.attempt == 1 && head.traceFlags == 1)
    let trace = head.traceID.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    #expect(trace.joined() == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(head.parentSpanID == 0x00f0_67aa_0ba9_02b7)
    #expect(body.service == "brigade.v1.Features")
    expectEncodes(.request, head, body, to: "client request")
  }

  @Test func `the response is what it is said to be`() throws {
    let part = try decoded("server response")
    let head = try ResponseHead(decoding: part.head)
    let body = try HealthResponse(decoding: part.body)
    #expect(part.kind == .response && head.call == 1 && head.code == 0 && head.message.isEmpty)
    #expect(head.queueMicroseconds == 12 && head.handlerMicroseconds == 3)
    #expect(head.loadInFlight == 1 && head.loadPermille == 250)
    #expect(body.status == .serving)
    expectEncodes(.response, head, body, to: "server response")
    #expect(parts.count == 4)
  }

  /// `16 MiB`, `1,024 a connection`, `1.5 s` as the number of bytes, of things, of milliseconds.
  private func number(_ text: Substring) -> Double? {
    let words = text.split(separator: " ")
    guard let value = Double(words[0].replacing(",", with: "")) else { return nil }
    let units: [Substring: Double] = ["MiB": 1_048_576, "KiB": 1_024, "s": 1_000]
    return value * (words.count > 1 ? units[words[1], default: 1] : 1)
  }

  @Test func `the table of limits has each with its default`() throws {
    let page = try #require(RepositoryFiles.read("proto/WIRE.md"))
    var written: [String: Double] = [:]
    for line in page.split(separator: "\n") where line.hasPrefix("| ") {
      let cells = line.split(separator: "|").map { $0.trimmingSpaces() }
      if cells.count == 3, let number = number(cells[1]) { written[String(cells[0])] = number }
    }
    // What concerns one process only is not the wire's.
    let inside: Set = ["callsConnectingMax"]
    for child in Mirror(reflecting: Limits()).children {
      let name = try #require(child.label)
      guard !inside.contains(name) else { continue }
      let value = (child.value as? Int).map(Double.init) ?? (child.value as? Int64).map(Double.init)
      #expect(written[name] == value, "\(name)")
    }
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    let start = drop { $0 == " " }
    return start[
      ..<(start.lastIndex { $0 != " " }.map { start.index(after: $0) } ?? start.startIndex)]
  }
}
