internal import RPC

/// How fresh something is that a replica has loaded, as it tells its callers for people to see.
/// proto/WIRE.md has the words.
package struct ServedTime: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A version of a model was read into memory.
    case loaded
    /// The last row that a version of a model learnt from.
    case trained
    /// A file of data was written.
    case built
    /// The newest event that was applied.
    case event
  }

  package let kind: Kind
  /// Of what: `browse/1`, `catalogue`, `log`.
  package let name: String
  package let unixSeconds: Int64

  package init(_ kind: Kind, _ name: String, unixMilliseconds: Int64) {
    self.kind = kind
    self.name = name
    unixSeconds = unixMilliseconds / 1_000
  }

  /// Nil for what is no time.
  package init?(tag: String) {
    guard tag.hasPrefix(Self.prefix) else { return nil }
    let words = tag.dropFirst(Self.prefix.count).split(
      separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let kind = Kind(rawValue: String(words[0])), !words[1].isEmpty,
      let seconds = Int64(words[2]), (0...Self.secondsMax).contains(seconds)
    else { return nil }
    self.kind = kind
    name = String(words[1])
    unixSeconds = seconds
  }

  package var tag: String { "\(Self.prefix)\(kind.rawValue) \(name) \(unixSeconds)" }

  private static let prefix = "time:"
  /// In milliseconds it is still a number.
  private static let secondsMax = Int64.max / 1_000

  /// The tags with as many of the times, from the first on, as may be told with them: what is loaded
  /// matters to callers, how long it has been there only to people.
  package static func tags(_ texts: [String], _ times: [ServedTime]) -> [String] {
    var all = texts
    var bytes = texts.reduce(0) { $0 + $1.utf8.count }
    for time in times.map(\.tag) {
      bytes += time.utf8.count
      guard all.count < ServedTags.countMax, bytes <= ServedTags.bytesMax else { break }
      all.append(time)
    }
    return all
  }
}
