import Glibc
import RPC
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Commands

/// A network of two ends: ours, and that of a namespace of its own. Needs to be root.
final class NetworkNamespace {
  static let tool = ["/usr/sbin/ip", "/sbin/ip"].first { (path: String) in
    access(path, X_OK) == 0
  }

  /// Nil where the machine lets us have none.
  static let absence: Comment = "no network namespace can be made here: it needs root and ip"

  /// Of this process, so that each has names of its own: the kernel takes its time to remove a link.
  private static let made = Atomic(0)

  let name: String
  let peerHost: String
  private let device: String

  init?() async {
    let count = Self.made.add(1, ordering: .relaxed).oldValue
    let number = (Int(getpid()) * 4 + count) % 16_000
    name = "brigade-test-\(number)"
    device = "bt\(number)a"
    let (own, peer) = (number * 4 + 1, number * 4 + 2)
    peerHost = "10.213.\(peer >> 8).\(peer & 255)"
    let steps = [
      ["netns", "add", name],
      ["link", "add", device, "type", "veth", "peer", "name", "bt\(number)b", "netns", name],
      ["addr", "add", "10.213.\(own >> 8).\(own & 255)/30", "dev", device],
      ["link", "set", device, "up"],
      ["-n", name, "addr", "add", "\(peerHost)/30", "dev", "bt\(number)b"],
      ["-n", name, "link", "set", "bt\(number)b", "up"],
      ["-n", name, "link", "set", "lo", "up"],
    ]
    for step in steps {
      guard await Self.run(step) else {
        _ = await Self.run(["netns", "del", name])
        return nil
      }
    }
  }

  /// Starts the rest of its arguments in the namespace.
  var wrapper: [String] { [Self.tool ?? "ip", "netns", "exec", name] }

  func setLink(up: Bool) async throws {
    guard await Self.run(["link", "set", device, up ? "up" : "down"]) else {
      throw NotInTime(description: "the link \(device) cannot be set")
    }
  }

  /// With the namespace goes the link.
  func remove() async { _ = await Self.run(["netns", "del", name]) }

  static func run(_ arguments: [String]) async -> Bool {
    guard let tool else { return false }
    let folder = TemporaryFolder()
    return (try? await FinishedProgram.run(tool, arguments, in: folder))?.end == .exit(0)
  }
}

extension RealProcesses {
  @Suite(.serialized) struct NetworkNamespaceTests {
    private static let deadlineMilliseconds = 300
    /// The kernel tries lost segments again after 0.2, 0.6 and 1.4 s; a connection that is cut for
    /// want of a pong meanwhile is made again within a second.
    private static let recoverySeconds = 4.0

    @Test(arguments: [0.5, 4.0])
    func `calls end in time while a link is down, and are answered once it is up`(
      secondsDown: Double
    ) async throws {
      guard let namespace = await NetworkNamespace() else {
        try Test.cancel("\(NetworkNamespace.absence)")
      }
      do {
        try await test(namespace, secondsDown: secondsDown)
      } catch {
        await namespace.remove()
        throw error
      }
      await namespace.remove()
    }

    private func test(_ namespace: NetworkNamespace, secondsDown: Double) async throws {
      let service = try await LoneService(
        wrapper: namespace.wrapper, listen: "\(namespace.peerHost):0",
        flags: ["--insecure"])
      let client = try await service.client()
      defer { client.shutDown() }
      try await service.waitForAnswer(client)
      let stalls = StallWatch()
      try await namespace.setLink(up: false)
      let down = Instant.now()
      var slowest: Int64 = 0
      var answered = 0
      while Instant.now() < down.adding(milliseconds: Int64(secondsDown * 1_000)) {
        let start = Instant.now()
        if await client.isServed(milliseconds: Self.deadlineMilliseconds) { answered += 1 }
        slowest = max(slowest, Instant.now().nanoseconds(since: start) / 1_000_000)
        try await Task.sleep(for: .milliseconds(10))
      }
      try await namespace.setLink(up: true)
      let up = Instant.now()
      try await service.waitForAnswer(client)
      let seconds = Double(Instant.now().nanoseconds(since: up)) / 1e9
      print("link down for \(secondsDown) s: slowest call \(slowest) ms, served \(seconds) s after")
      #expect(answered == 0)
      let slowestMax = Double(Self.deadlineMilliseconds + 150) + stalls.milliseconds
      #expect(Double(slowest) < slowestMax, "\(stalls)")
      #expect(seconds < Self.recoverySeconds + stalls.seconds, "\(stalls)")
      #expect(service.process.end == nil, "\(service.process.tail)")
    }
  }
}
