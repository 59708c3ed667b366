internal import Node

/// How long ago a request began at most, for its trace to be looked at.
struct TraceAge: Equatable, CustomStringConvertible {
  /// So that what is over does not stay the slowest for as long as it is kept.
  static let usual = TraceAge(seconds: 300)
  static let all = TraceAge(seconds: nil)
  private static let secondsMax = 10_000_000
  private static let units: KeyValuePairs = ["h": 3_600, "m": 60, "s": 1]

  /// Nil without a limit.
  let seconds: Int?

  private init(seconds: Int?) { self.seconds = seconds }

  /// - Parameter text: `30s`, `5m`, `2h` or `all`.
  init(_ text: String) throws(SettingProblem) {
    seconds = text == "all" ? nil : try Self.seconds(text)
  }

  private static func seconds(_ text: String) throws(SettingProblem) -> Int {
    guard let unit = units.first(where: { text.hasSuffix($0.key) })?.value,
      let number = Int(text.dropLast()), (1...secondsMax / unit).contains(number)
    else { throw SettingProblem("\"\(text)\" is no time such as 30s, 5m, 2h or all") }
    return number * unit
  }

  var description: String {
    guard let seconds else { return "all" }
    let unit = Self.units.first { seconds % $0.value == 0 } ?? (key: "s", value: 1)
    return "\(seconds / unit.value)\(unit.key)"
  }

  /// Of `/traces`.
  var query: String { seconds.map { "&seconds=\($0)" } ?? "" }

  /// Behind what is of that time.
  var words: String { seconds == nil ? "" : " of the last \(self)" }
}
