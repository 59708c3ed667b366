internal import RPC
internal import Storage

/// The replicas of a source, each by itself: a log is followed at its writer, not at whoever has
/// least to do. On one loop.
struct LogPeers {
  /// Followers that keep the log are few; a longer list is a mistake.
  static let peersMax = 64
  private static let fileBytesMax = 1 << 20

  private let source: ReplicaSource
  private let identity: Identity
  private var sets: [Address: ReplicaSet] = [:]

  init(_ source: ReplicaSource, identity: Identity) {
    self.source = source
    self.identity = identity
  }

  func replicas(at address: Address) -> ReplicaSet? { sets[address] }

  /// Those listed now; reads the file.
  mutating func all(on loop: EventLoop) -> [(Address, ReplicaSet)] {
    guard let listed = listed() else { return sets.map { ($0, $1) } }
    for (address, set) in sets where !listed.contains(address) {
      set.shutDown()
      sets[address] = nil
    }
    // Each is asked for itself: nobody else can answer for it.
    var routing = RoutingSettings()
    routing.retries.attemptsMax = 1
    for address in listed where sets[address] == nil {
      sets[address] = ReplicaSet(
        "events", at: .list([address]), on: loop, identity: identity, routing: routing)
    }
    return sets.map { ($0, $1) }
  }

  /// Nil when the file can't be read just now; one that is not there lists nobody yet.
  private func listed() -> Set<Address>? {
    switch source {
    case .list(let addresses): return Set(addresses.prefix(Self.peersMax))
    case .file(let path):
      guard let bytes = try? DiskFile.read(path, limitBytes: Self.fileBytesMax) else { return nil }
      return Self.parse(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// One address a line; `#` begins a comment, and lines that are no address are left out.
  static func parse(_ text: String) -> Set<Address> {
    Set(
      text.split(whereSeparator: \.isNewline).compactMap { line in
        Address(line.prefix { $0 != "#" }.filter { !$0.isWhitespace })
      }.prefix(peersMax))
  }

  mutating func shutDown() {
    let ending = sets.values
    sets = [:]
    for set in ending { set.shutDown() }
  }
}
