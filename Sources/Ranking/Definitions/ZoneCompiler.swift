internal import Glibc
package import Messages

/// Makes a `Zone` of an IANA name from what this machine knows of it.
///
/// Asks glibc, by way of the environment variable TZ, and sets that back: for tools with one
/// thread only, never in a service.
package enum ZoneCompiler {
  /// Of the years whose offsets are written down; earlier and later ones keep the nearest.
  package static let years = 2000...2040

  /// Throws when the machine's time zone data does not hold the name.
  package static func compile(_ name: String) throws(InvalidZone) -> Zone {
    if name == "UTC" { return utc }
    try check(name)
    let before = getenv("TZ").map { String(cString: $0) }
    setenv("TZ", ":\(name)", 1)
    tzset()
    defer {
      if let before { setenv("TZ", before, 1) } else { unsetenv("TZ") }
      tzset()
    }
    return zone(name)
  }

  private static var utc: Zone {
    var zone = Zone()
    zone.name = "UTC"
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [0]
    return zone
  }

  private static func check(_ name: String) throws(InvalidZone) {
    let allowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "+"):
        true
      default: false
      }
    }
    guard allowed, !name.isEmpty, !name.hasPrefix("/") else {
      throw InvalidZone(name: name, reason: "not a name like America/New_York")
    }
    var status = stat()
    guard stat("/usr/share/zoneinfo/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else {
      throw InvalidZone(
        name: name, reason: "unknown here: no file /usr/share/zoneinfo/\(name) (package tzdata)")
    }
  }

  private static func zone(_ name: String) -> Zone {
    let start = unixSeconds(ofYear: years.lowerBound)
    let end = unixSeconds(ofYear: years.upperBound + 1)
    var zone = Zone()
    zone.name = name
    zone.fromUtcSeconds = [start]
    zone.offsetSeconds = [offsetSeconds(at: start)]
    // No zone has changed its clock twice within a day.
    var (day, offset) = (start, zone.offsetSeconds[0])
    while day < end {
      let next = day + 86_400
      let nextOffset = offsetSeconds(at: next)
      if nextOffset != offset {
        zone.fromUtcSeconds.append(transition(after: day, atLatest: next))
        zone.offsetSeconds.append(nextOffset)
      }
      (day, offset) = (next, nextOffset)
    }
    return zone
  }

  /// The second from which on the offset of `late` holds; the one of `early` is another.
  private static func transition(after early: Int64, atLatest late: Int64) -> Int64 {
    let before = offsetSeconds(at: early)
    var (low, high) = (early, late)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if offsetSeconds(at: middle) == before { low = middle } else { high = middle }
    }
    return high
  }

  private static func offsetSeconds(at unixSeconds: Int64) -> Int32 {
    var time = time_t(unixSeconds)
    var parts = tm()
    localtime_r(&time, &parts)
    return Int32(parts.tm_gmtoff)
  }

  private static func unixSeconds(ofYear year: Int) -> Int64 {
    let past = year - 1
    let days = 365 * past + past / 4 - past / 100 + past / 400 - 719_162
    return Int64(days) * 86_400
  }
}
