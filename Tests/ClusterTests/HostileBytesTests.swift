import Glibc
import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// Peers that keep to no rule, at every port of every service.
  @Suite(.serialized) struct HostileBytesTests {
    private static let seed: UInt64 = 7_788
    /// Rounds before memory is first read: buffers and pools have their size then.
    private static let warmUpRounds = 3
    private static let rounds = 12
    /// Growth over the rounds that is not taken for a leak: one round makes the process hold
    /// several frames of 4 MB, of which allocators may keep some. A leak of what a round sends
    /// would be ten times as much.
    private static let growthBytesMax = 24.0 * 1_048_576
    /// Long enough for a loop that is busy with a bomb of 4 MB, far less than anybody's patience.
    private static let disturbanceNanosecondsMax: Int64 = 500_000_000

    @Test(arguments: ServiceKind.allCases)
    func `bad bytes end their connection, and nobody else notices`(
      service: ServiceKind
    ) async throws {
      let cluster = try await TestCluster(
        retrieval: 1, features: 1, inference: 1, flags: ["--limits.partial-frame-ms", "300"])
      let target = cluster[service][0]
      let bystander = try await Bystander(of: target, in: cluster)
      defer { bystander.leave() }
      async let watching: Void = bystander.watch()
      var random = SeededGenerator(seed: Self.seed)
      var growth = 0.0
      let stalls = StallWatch()
      do {
        defer { bystander.stop() }
        async let slow: Void = slowWriters(target)
        for _ in 0..<Self.warmUpRounds { try await round(target, &random) }
        let before = cluster.metric("process_resident_memory_bytes", of: target)
        for _ in 0..<Self.rounds { try await round(target, &random) }
        try await slow
        let after = cluster.metric("process_resident_memory_bytes", of: target)
        growth = try #require(after) - #require(before)
      }
      await watching
      let seen = bystander.observations
      print(
        "hostile bytes at \(service): bystander had \(seen.answered) answers, "
          + "slowest \(Double(seen.slowestNanoseconds) / 1e6) ms; memory grew by "
          + "\(growth / 1_048_576) MiB")
      // A burst may fill the queue of a busy machine for a moment: who is told so can go elsewhere.
      let refused = seen.failures.count { $0.contains("too many requests wait") }
      #expect(refused <= seen.answered / 100)
      #expect(
        seen.failures.count == refused, "\(seen.failures.prefix(3)), seed \(Self.seed)")
      #expect(seen.answered > 50)
      let slowestMax = Double(Self.disturbanceNanosecondsMax) / 1e6 + stalls.milliseconds
      #expect(Double(seen.slowestNanoseconds) / 1e6 < slowestMax, "\(stalls)")
      #expect(growth < Self.growthBytesMax)
      #expect(target.process.end == nil, "\(target.process.tail)")
      try await wait(for: "a whole answer from \(service)") { try await !cluster.rank().degraded }
    }

    private func round(
      _ target: TestCluster.Replica, _ random: inout SeededGenerator
    ) async throws {
      try await badFrames(target, &random)
      try await badMessages(target, &random)
      try await badHTTP(target, &random)
    }

    // MARK: The RPC port

    private func badFrames(
      _ target: TestCluster.Replica, _ random: inout SeededGenerator
    ) async throws {
      let hello = helloFrame()
      var cases: [(name: String, bytes: [UInt8])] = [
        ("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ("a frame of 4 GiB", hello + frame(1, head: [], length: .max)),
        ("a frame one over the limit", hello + frame(1, head: [], length: 16 << 20 + 1)),
        ("a frame shorter than its header", hello + frame(1, head: [], length: 3)),
        ("a head longer than its frame", hello + [0, 0, 0, 4, 1, 0, 255, 255]),
        ("an unknown kind", hello + frame(9, head: [])),
        ("what only servers tell", hello + frame(8, head: [])),
        ("unknown flags", hello + frame(1, head: [], flags: 2)),
        ("a second hello", hello + hello),
        ("a response", hello + frame(2, head: [])),
        ("no hello", requestFrame("brigade.v1.Health/Check", body: [])),
        ("a hello that is none", frame(0, head: [0xFF, 0xFF, 0xFF, 0xFF])),
        ("a request head that is none", hello + frame(1, head: [0x0A, 0xFF, 0xFF])),
        ("a cancel that is none", hello + frame(3, head: [0x08])),
        ("a ping that is none", hello + frame(4, head: [0x08])),
      ]
      for _ in 0..<6 { cases.append(("random bytes", random.bytes(8...4_096))) }
      for _ in 0..<6 {
        cases.append(("random bytes after a hello", hello + random.bytes(8...4_096)))
      }
      for (name, bytes) in cases {
        let peer = try RawConnection(target.ready.listen)
        peer.send(bytes)
        // Random bytes may be the beginning of a frame that goes on.
        if name.hasPrefix("random") { peer.endSending() }
        try await peer.waitForEnd("\(name), \(bytes.prefix(16)), seed \(Self.seed)")
        if !name.hasPrefix("random") {
          #expect(peer.frames().last?.kind == .close, "\(name): \(peer.frames())")
        }
      }
      try await truncatedFrames(target, hello, &random)
    }

    /// Peers that leave in the middle of a frame, some of them a long one.
    private func truncatedFrames(
      _ target: TestCluster.Replica, _ hello: [UInt8], _ random: inout SeededGenerator
    ) async throws {
      let whole = requestFrame(Self.method(target.service), body: random.bytes(100...200))
      var cuts = (0..<4).map { _ in
        Array(whole.prefix(.random(in: 1..<whole.count, using: &random)))
      }
      cuts.append(
        frame(1, head: [], length: 16 << 20) + [UInt8](repeating: 0, count: 4 << 20))
      for cut in cuts {
        let peer = try RawConnection(target.ready.listen)
        peer.send(hello + cut)
        peer.endSending()
        try await peer.waitForEnd("\(cut.count) bytes of a frame")
      }
    }

    /// Frames in order, whose bodies are not the messages they should be: they get an answer, and
    /// the connection goes on.
    private func badMessages(
      _ target: TestCluster.Replica, _ random: inout SeededGenerator
    ) async throws {
      let method = Self.method(target.service)
      let bodies: [[UInt8]] = [
        [0xFF], Self.deepNesting, Self.manyEmptyMessages, random.bytes(1...4_096),
        random.bytes(1...4_096), [UInt8](repeating: 0x0B, count: 10_000),
      ]
      let peer = try RawConnection(target.ready.listen)
      peer.send(helloFrame())
      for (index, body) in bodies.enumerated() {
        peer.send(requestFrame(method, call: UInt64(index), body: body))
        try await wait(for: "an answer to bad message \(index), seed \(Self.seed)") {
          peer.takeIn()
          return peer.isEnded || peer.frames().count { $0.kind == .response } == index + 1
        }
        #expect(!peer.isEnded, "bad message \(index)")
      }
      let codes = try peer.frames().filter { $0.kind == .response }.map {
        Code(rawValue: try ResponseHead(decoding: $0.head).code)
      }
      #expect(codes.first == .invalidArgument)
      #expect(codes.allSatisfy { $0 != nil && $0 != .internal && $0 != .unknown }, "\(codes)")
      peer.send(requestFrame("brigade.v1.Nobody/Knows", call: 99, body: []))
      try await wait(for: "UNIMPLEMENTED") {
        peer.takeIn()
        let last = peer.frames().last { $0.kind == .response }
        return try last.map { try ResponseHead(decoding: $0.head).code }
          == Code.unimplemented.rawValue
      }
    }

    /// Field 6 in field 6 in field 6, the filters of a rank request, a thousand levels deep.
    private static let deepNesting: [UInt8] = (0..<1_000).reduce(into: []) { body, _ in
      var length: [UInt8] = []
      var rest = body.count
      repeat {
        length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
        rest >>= 7
      } while rest > 0
      body = [0x32] + length + body
    }

    /// Two bytes each, and a struct in memory for every one that is unpacked.
    private static let manyEmptyMessages: [UInt8] = Array(
      repeatElement([0x32, 0x00, 0x1A, 0x00] as [UInt8], count: 1 << 20).joined())

    private static func method(_ service: ServiceKind) -> String {
      switch service {
      case .gateway: Method.rank.name
      case .retrieval: Method.search.name
      case .features: Method.assemble.name
      case .inference: Method.score.name
      }
    }

    // MARK: The admin port

    private func badHTTP(
      _ target: TestCluster.Replica, _ random: inout SeededGenerator
    ) async throws {
      let cases: [(bytes: [UInt8], status: String)] = [
        (Array("BREW\r\n\r\n".utf8), "400"),
        (Array("GET noslash HTTP/1.1\r\n\r\n".utf8), "400"),
        (Array("GET / HTTP/9.9\r\n\r\n".utf8), "400"),
        (Array("GET /metrics HTTP/1.1\r\n: nameless\r\n\r\n".utf8), "400"),
        (Array("GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n".utf8), "404"),
        (Array("DELETE /metrics HTTP/1.1\r\nConnection: close\r\n\r\n".utf8), "405"),
        (Array("POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\nabcdefghi".utf8), "413"),
        (
          Array("GET /metrics HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 0x41, count: 100_000),
          "431"
        ),
        (helloFrame() + Array("\r\n\r\n".utf8), "400"),
      ]
      for (bytes, status) in cases {
        let peer = try RawConnection(target.ready.admin)
        peer.send(bytes)
        try await peer.waitForEnd(String(decoding: bytes.prefix(40), as: UTF8.self))
        let answer = String(decoding: peer.received, as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer.prefix(60))")
      }
      for _ in 0..<4 {
        let peer = try RawConnection(target.ready.admin)
        peer.send(random.bytes(1...4_096))
        peer.endSending()
        try await peer.waitForEnd("random bytes at the admin port, seed \(Self.seed)")
      }
    }

    // MARK: Slowness

    /// Several peers that send a byte every few milliseconds, at both ports, all cut off in time.
    private func slowWriters(_ target: TestCluster.Replica) async throws {
      let request = requestFrame(
        Self.method(target.service), body: [UInt8](repeating: 0, count: 60_000))
      let rpc = try (0..<4).map { _ in try RawConnection(target.ready.listen) }
      // All services have the same admin port, whose limit for a head is five seconds: one wait will do.
      let admin =
        try target.service == .gateway
        ? (0..<4).map { _ in try RawConnection(target.ready.admin) } : []
      for peer in rpc { peer.send(helloFrame()) }
      let page = Array("GET /metrics HTTP/1.1\r\nX: ".utf8) + [UInt8](repeating: 65, count: 8_000)
      var index = 0
      try await wait(for: "slow writers to be cut off", seconds: 20) {
        for peer in rpc where !peer.isEnded {
          peer.send([request[index % request.count]])
          peer.takeIn()
        }
        for peer in admin where !peer.isEnded {
          peer.send([page[index % page.count]])
          peer.takeIn()
        }
        index += 1
        return rpc.allSatisfy(\.isEnded) && admin.allSatisfy(\.isEnded)
      }
      for peer in rpc {
        let close = try #require(peer.frames().last { $0.kind == .close })
        #expect(try Close(decoding: close.head).code == .timeout)
      }
    }
  }
}
