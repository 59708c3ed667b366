/// How far back a window reaches.
package enum TimeSpan: Hashable, Sendable {
  case milliseconds(Int64)
  /// Back to the first event.
  case all

  /// A hundred years: beyond it, `all` is meant; and sums with any sane time cannot overflow.
  static let daysMax: Int64 = 36_500

  /// Reads `90s`, `30m`, `24h`, `7d`, `all`; nil for anything else, for zero and beyond `daysMax`.
  package init?(_ text: String) {
    if text == "all" {
      self = .all
      return
    }
    guard let unit = text.last, let unitMilliseconds = Self.unitMilliseconds[unit],
      text.dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let count = Int64(text.dropLast()), count > 0
    else { return nil }
    let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unitMilliseconds)
    guard !overflow, milliseconds <= Self.daysMax * 86_400_000 else { return nil }
    self = .milliseconds(milliseconds)
  }

  private static let unitMilliseconds: [Character: Int64] = [
    "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
  ]

  /// The same for every spelling: `24h` and `1d` give `86400000ms`.
  var canonical: String {
    switch self {
    case .milliseconds(let milliseconds): "\(milliseconds)ms"
    case .all: "all"
    }
  }
}
