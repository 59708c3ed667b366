import Glibc
import TestSupport

/// Three hosts, each a network namespace, joined by two switches with one cable between them: the
/// first host at the one, the others at the other. The test reaches each host by a cable of its own,
/// so that it sees all of them when they don't see each other. Needs to be root.
final class HostNetwork {
  static let count = 3

  private let name: String
  /// Of the network, so that test runs beside each other get on.
  private let number = Int(getpid()) % 250

  /// Nil where the machine lets us have none.
  init?() async {
    name = "brigade-host-\(Int(getpid()) % 16_000)"
    guard await build() else {
      await remove()
      return nil
    }
  }

  /// In the hosts' own network.
  func address(_ host: Int) -> String { "10.214.\(number).\(host + 1)" }
  /// Starts the rest of its arguments on the host.
  func wrapper(_ host: Int) -> [String] {
    [NetworkNamespace.tool ?? "ip", "netns", "exec", hostName(host)]
  }

  private func hostName(_ host: Int) -> String { "\(name)-\(host + 1)" }
  private var switches: String { "\(name)-s" }
  private func cable(_ host: Int) -> String { "bh\(Int(getpid()) % 16_000)-\(host + 1)" }
  /// The test's end of its cable to a host; the host's is the next one.
  private func testAddress(_ host: Int, _ end: Int) -> String {
    "10.215.\(number).\(4 * host + 1 + end)"
  }

  private func build() async -> Bool {
    var steps = [
      ["netns", "add", switches],
      ["-n", switches, "link", "add", "left", "type", "bridge"],
      ["-n", switches, "link", "add", "right", "type", "bridge"],
      ["-n", switches, "link", "add", "trunk", "type", "veth", "peer", "name", "other"],
      ["-n", switches, "link", "set", "trunk", "master", "left"],
      ["-n", switches, "link", "set", "other", "master", "right"],
    ]
    steps += ["left", "right", "trunk", "other"].map {
      ["-n", switches, "link", "set", $0, "up"]
    }
    for host in 0..<Self.count { steps += stepsOf(host) }
    for step in steps { guard await NetworkNamespace.run(step) else { return false } }
    return true
  }

  private func stepsOf(_ host: Int) -> [[String]] {
    let (own, port, cable) = (hostName(host), "port\(host)", cable(host))
    return [
      ["netns", "add", own], ["-n", own, "link", "set", "lo", "up"],
      [
        "-n", switches, "link", "add", port, "type", "veth", "peer", "name", "lan", "netns", own,
      ],
      ["-n", switches, "link", "set", port, "master", host == 0 ? "left" : "right", "up"],
      ["-n", own, "addr", "add", "\(address(host))/24", "dev", "lan"],
      ["-n", own, "link", "set", "lan", "up"],
      ["link", "add", cable, "type", "veth", "peer", "name", "test", "netns", own],
      ["addr", "add", "\(testAddress(host, 0))/30", "dev", cable],
      ["link", "set", cable, "up"],
      ["-n", own, "addr", "add", "\(testAddress(host, 1))/30", "dev", "test"],
      ["-n", own, "link", "set", "test", "up"],
      ["route", "add", "\(address(host))/32", "via", testAddress(host, 1)],
    ]
  }

  // MARK: Faults

  /// Whether the first host and the others see each other.
  func setTrunk(up: Bool) async throws {
    try await insist(["-n", switches, "link", "set", "trunk", up ? "up" : "down"])
  }

  /// All of a host's cables.
  func setLinks(of host: Int, up: Bool) async throws {
    let state = up ? "up" : "down"
    try await insist(["-n", switches, "link", "set", "port\(host)", state])
    try await insist(["link", "set", cable(host), state])
    // A route goes with its device.
    if up { _ = await NetworkNamespace.run(stepsOf(host)[11]) }
  }

  private func insist(_ arguments: [String]) async throws {
    guard await NetworkNamespace.run(arguments) else {
      throw NotInTime(description: "ip \(arguments.joined(separator: " ")) failed")
    }
  }

  /// With a namespace go its ends of cables, and with those the other ends.
  func remove() async {
    for host in 0..<Self.count {
      _ = await NetworkNamespace.run(["link", "del", cable(host)])
      _ = await NetworkNamespace.run(["netns", "del", hostName(host)])
    }
    _ = await NetworkNamespace.run(["netns", "del", switches])
  }
}
