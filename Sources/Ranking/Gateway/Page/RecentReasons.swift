internal import Messages

/// Why hops fell back lately, the same reasons counted together. Pure.
struct RecentReasons: Sendable {
  /// More push out what was not met for the longest time.
  static let max = 12
  /// A reason can be another process's words.
  static let textLengthMax = 240

  struct Entry: Equatable, Sendable {
    let method: String
    let rung: Rung
    let why: String
    var count = 0
    var firstUnixMilliseconds: Int64
    var lastUnixMilliseconds: Int64
  }

  private var entries: [Entry] = []

  /// The latest first.
  var latest: [Entry] {
    entries.sorted { ($1.lastUnixMilliseconds, $0.why) < ($0.lastUnixMilliseconds, $1.why) }
  }

  mutating func record(_ response: RankResponse, unixMilliseconds: Int64) {
    for hop in response.hops where hop.rung != .primary && hop.rung != .skipped {
      if !hop.isWonByHedge { record(hop, unixMilliseconds) }
    }
  }

  private mutating func record(_ hop: Hop, _ unixMilliseconds: Int64) {
    let why = String(hop.why.prefix(Self.textLengthMax))
    let known = entries.firstIndex {
      $0.method == hop.method && $0.rung == hop.rung && $0.why == why
    }
    if let known {
      entries[known].count += 1
      entries[known].lastUnixMilliseconds = unixMilliseconds
      return
    }
    if entries.count >= Self.max {
      let oldest = entries.indices.min {
        entries[$0].lastUnixMilliseconds < entries[$1].lastUnixMilliseconds
      }
      if let oldest { entries.remove(at: oldest) }
    }
    entries.append(
      Entry(
        method: hop.method, rung: hop.rung, why: why, count: 1,
        firstUnixMilliseconds: unixMilliseconds, lastUnixMilliseconds: unixMilliseconds))
  }
}
