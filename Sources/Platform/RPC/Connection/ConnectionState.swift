/// What a connection has agreed and may still do. Pure: it is told of frames and of wishes, and
/// says whether they are allowed; proto/WIRE.md has the rules in words.
package struct ConnectionState: Sendable {
  package static let version: UInt32 = 1
  /// Every peer takes frames of this length, so that heads alone always find room: a code, a
  /// message for people, what the other needs to know.
  package static let frameBytesMaxLeast = 8 << 10

  package enum Role: Sendable {
    case client
    case server
  }

  package enum Phase: Equatable, Sendable {
    case awaitingHello
    case open
    /// One end has asked that no new calls are made.
    case draining
    case closed
  }

  package private(set) var rules: Rules
  package private(set) var peer: Hello?
  private let token: String
  private let limits: Limits

  package init(_ role: Role, token: String, limits: Limits) {
    rules = Rules(role: role)
    self.token = token
    self.limits = limits
  }

  /// The first frame that we send.
  /// - Parameter serves: what a server has loaded.
  package func hello(replica: String, software: String, serves: [String] = []) -> Hello {
    var hello = Hello()
    hello.version = Self.version
    hello.replica = replica
    hello.frameBytesMax = UInt32(clamping: limits.frameBytesMax)
    hello.callsInFlightMax = UInt32(clamping: limits.callsInFlightMax)
    hello.kinds = FrameKind.allCases.map { UInt32($0.rawValue) }
    hello.flags = UInt32(FrameFlags.compressed)
    // A server's would tell it to whoever connects.
    if role == .client { hello.token = token }
    hello.software = software
    hello.serves = serves
    return hello
  }

  package var role: Role { rules.role }
  package var phase: Phase { rules.phase }

  /// What every frame is held to: small, as it is looked at for each.
  package struct Rules: Sendable {
    package let role: Role
    package fileprivate(set) var phase = Phase.awaitingHello
    /// One bit a kind.
    fileprivate var peerKinds: UInt16 = 0

    fileprivate init(role: Role) { self.role = role }

    /// Whether a frame of this kind may come now; looked at before its head is.
    package func admit(_ kind: FrameKind) throws(FrameError) {
      let isHello = kind == .hello
      guard isHello == (phase == .awaitingHello) else {
        throw violation(isHello ? "a second hello" : "a frame before the hello")
      }
      let fromWrongEnd =
        role == .server
        ? kind == .response || kind == .advertisement : kind == .request || kind == .cancel
      if fromWrongEnd { throw violation("a \(kind) frame sent to a \(role)") }
    }

    /// Whether the peer takes frames of this kind now. A hello and a close are always taken.
    package func maySend(_ kind: FrameKind) -> Bool {
      switch kind {
      case .hello, .close: phase != .closed
      default: phase != .closed && peerKinds & 1 << kind.rawValue != 0
      }
    }

    package func violation(_ reason: String) -> FrameError {
      FrameError(code: .protocolViolation, reason: reason)
    }
  }

  package mutating func received(_ hello: Hello) throws(FrameError) {
    guard hello.version == Self.version else {
      throw FrameError(
        code: .version, reason: "protocol version \(hello.version); this end has \(Self.version)")
    }
    guard role == .client || matches(hello.token) else {
      throw FrameError(code: .token, reason: "the cluster token differs")
    }
    guard hello.frameBytesMax >= Self.frameBytesMaxLeast, hello.callsInFlightMax > 0 else {
      throw violation(
        "a hello with limits of \(hello.frameBytesMax) bytes and \(hello.callsInFlightMax) calls;"
          + " at least \(Self.frameBytesMaxLeast) and 1 are needed")
    }
    let needed: FrameKind = role == .server ? .response : .request
    guard hello.kinds.contains(UInt32(needed.rawValue)) else {
      throw violation("a hello of a peer that takes no \(needed) frames")
    }
    for kind in FrameKind.allCases where hello.kinds.contains(UInt32(kind.rawValue)) {
      rules.peerKinds |= 1 << kind.rawValue
    }
    peer = hello
    rules.phase = .open
  }

  package mutating func received(_ advertisement: Advertisement) {
    peer?.serves = advertisement.serves
  }

  package var peerTakesCompressed: Bool {
    (peer?.flags ?? 0) & UInt32(FrameFlags.compressed) != 0
  }

  /// Compares in a time that does not tell how much of it was right.
  private func matches(_ other: String) -> Bool {
    let (ours, theirs) = (Array(token.utf8), Array(other.utf8))
    var difference = ours.count ^ theirs.count
    for index in theirs.indices {
      difference |= Int(theirs[index] ^ (ours.isEmpty ? 1 : ours[index % ours.count]))
    }
    return difference == 0
  }

  /// Either end asked to drain. Calls that were begun go on.
  package mutating func drain() {
    if phase == .open { rules.phase = .draining }
  }

  package mutating func close() { rules.phase = .closed }

  package func violation(_ reason: String) -> FrameError { rules.violation(reason) }
}
