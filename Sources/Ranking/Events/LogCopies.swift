package import Telemetry

/// What the followers say they have on disk.
package struct LogCopies: Sendable {
  /// More followers than a cluster has; the longest silent one makes room.
  static let followersMax = 64

  /// After which a silent follower is not waited for: four of its polls.
  static let liveMilliseconds: Int64 = 2_000

  private struct Follower {
    var position: UInt64
    var heard: Instant
  }

  private var followers: [String: Follower] = [:]

  package init() {}

  package mutating func acknowledge(_ name: String, position: UInt64, now: Instant) {
    if followers[name] == nil, followers.count >= Self.followersMax,
      let silent = followers.min(by: { $0.value.heard < $1.value.heard })
    {
      followers[silent.key] = nil
    }
    followers[name] = Follower(position: position, heard: now)
  }

  package func isAnyoneFollowing(_ now: Instant) -> Bool {
    followers.values.contains {
      now < $0.heard.adding(milliseconds: Self.liveMilliseconds)
    }
  }

  /// Followers that have the position; the writer itself is not among them.
  package func count(of position: UInt64) -> Int {
    followers.values.count { $0.position >= position }
  }
}
