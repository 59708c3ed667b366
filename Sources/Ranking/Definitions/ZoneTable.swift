package import Messages

/// A `Zone` message that does not describe a time zone.
package struct InvalidZone: Error, Equatable, CustomStringConvertible {
  package let name: String
  package let reason: String

  package init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  package var description: String { "time zone \"\(name)\": \(reason)" }
}

/// The offsets of one time zone, checked, to be looked up in O(log n).
package struct ZoneTable: Sendable {
  /// The world's offsets lie within 14 hours; this leaves room for history's odd ones.
  package static let offsetSecondsMax: Int32 = 24 * 3600

  package static let utc = ZoneTable(name: "UTC", fromSeconds: [0], offsets: [0])

  package let name: String
  private let fromSeconds: [Int64]
  private let offsets: [Int32]

  private init(name: String, fromSeconds: [Int64], offsets: [Int32]) {
    self.name = name
    self.fromSeconds = fromSeconds
    self.offsets = offsets
  }

  package init(_ zone: Zone) throws(InvalidZone) {
    func invalid(_ reason: String) -> InvalidZone { InvalidZone(name: zone.name, reason: reason) }
    if zone.name.isEmpty { throw invalid("it has no name") }
    if zone.offsetSeconds.isEmpty { throw invalid("it has no offset") }
    guard zone.offsetSeconds.count == zone.fromUtcSeconds.count else {
      throw invalid(
        "\(zone.fromUtcSeconds.count) times for \(zone.offsetSeconds.count) offsets")
    }
    guard zip(zone.fromUtcSeconds, zone.fromUtcSeconds.dropFirst()).allSatisfy(<) else {
      throw invalid("its times do not ascend")
    }
    let range = -Self.offsetSecondsMax...Self.offsetSecondsMax
    guard zone.offsetSeconds.allSatisfy(range.contains) else {
      throw invalid("an offset is more than a day")
    }
    self.init(name: zone.name, fromSeconds: zone.fromUtcSeconds, offsets: zone.offsetSeconds)
  }

  /// Seconds east of UTC. The first offset also holds before its time, the last for ever.
  package func offsetSeconds(atUnixSeconds seconds: Int64) -> Int {
    var low = 0
    var high = fromSeconds.count
    while low < high {
      let middle = (low + high) / 2
      if fromSeconds[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return Int(offsets[max(0, low - 1)])
  }
}
