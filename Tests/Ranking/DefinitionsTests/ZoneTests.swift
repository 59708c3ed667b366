import Definitions
import Glibc
import Messages
import Testing

/// Time zones: checked, looked up, and compiled from the machine's own data.
@Suite(.serialized) struct ZoneTests {
  private func zone(_ name: String, _ from: [Int64], _ offsets: [Int32]) -> Zone {
    var zone = Zone()
    zone.name = name
    zone.fromUtcSeconds = from
    zone.offsetSeconds = offsets
    return zone
  }

  @Test func `an offset holds from its second on, the first one before it too`() throws {
    let table = try ZoneTable(zone("X", [100, 200, 300], [3600, 7200, -60]))
    for (second, offset) in [
      (Int64.min, 3600), (99, 3600), (100, 3600), (199, 3600), (200, 7200), (299, 7200),
      (300, -60), (.max, -60),
    ] {
      #expect(table.offsetSeconds(atUnixSeconds: second) == offset, "at \(second)")
    }
    #expect(ZoneTable.utc.offsetSeconds(atUnixSeconds: 1_700_000_000) == 0)
  }

  @Test func `zones that make no sense are refused with the reason`() {
    for (from, offsets, reason) in [
      ([], [], "it has no offset"),
      ([1, 2], [0], "2 times for 1 offsets"),
      ([2, 2], [0, 1], "its times do not ascend"),
      ([0], [90_000], "an offset is more than a day"),
      ([0], [.min], "an offset is more than a day"),
    ] as [([Int64], [Int32], String)] {
      #expect(throws: InvalidZone(name: "X", reason: reason)) {
        try ZoneTable(zone("X", from, offsets))
      }
    }
    #expect(throws: InvalidZone.self) { try ZoneTable(zone("", [0], [0])) }
  }

  @Test func `UTC always compiles`() throws {
    #expect(try ZoneTable(ZoneCompiler.compile("UTC")).offsetSeconds(atUnixSeconds: 0) == 0)
  }

  @Test(arguments: ["Mars/Olympus", "", "../etc/passwd", "Europe/../../etc/passwd", "/etc", "a\0b"])
  func `names that are no zone are refused`(name: String) {
    #expect(throws: InvalidZone.self) { try ZoneCompiler.compile(name) }
  }

  @Test func `a folder of zones is no zone`() {
    #expect(throws: InvalidZone.self) { try ZoneCompiler.compile("America") }
  }

  @Test(.enabled(if: access("/usr/share/zoneinfo/America/New_York", R_OK) == 0, "no tzdata here"))
  func `New York changes its clock to the second, and TZ is left as it was`() throws {
    setenv("TZ", "Asia/Tokyo", 1)
    defer { unsetenv("TZ") }
    let table = try ZoneTable(ZoneCompiler.compile("America/New_York"))
    #expect(String(cString: getenv("TZ")) == "Asia/Tokyo")
    // 11 March 2012 07:00 UTC and 4 November 2012 06:00 UTC.
    #expect(table.offsetSeconds(atUnixSeconds: 1_331_449_199) == -5 * 3600)
    #expect(table.offsetSeconds(atUnixSeconds: 1_331_449_200) == -4 * 3600)
    #expect(table.offsetSeconds(atUnixSeconds: 1_352_008_799) == -4 * 3600)
    #expect(table.offsetSeconds(atUnixSeconds: 1_352_008_800) == -5 * 3600)
    // July 2039.
    #expect(table.offsetSeconds(atUnixSeconds: 2_194_000_000) == -4 * 3600)
  }
}
