/// How a column writes its times, in the words of C's `strptime`: `%d.%m.%Y %H:%M`.
///
/// Numbers may lack their leading zeros, but for `%Y`; names are English. What is not known is
/// refused when the mapping is read, not when rows are.
struct TimePattern: Equatable, Sendable {
  struct Invalid: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// What a text says by such a pattern.
  struct Reading: Equatable {
    /// As if the clock were UTC's.
    var shownMilliseconds: Int64
    /// East of UTC; nil where the text has none.
    var offsetMilliseconds: Int64?
  }

  private enum Piece: Equatable {
    case literal(Unicode.Scalar)
    case spaces
    case field(Unicode.Scalar)
  }

  /// What has been read of a text so far.
  fileprivate struct Parts {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    /// 0 before noon, 1 after it.
    var half: Int?
    var minute: Int?
    var second: Int?
    var fractionMilliseconds: Int64?
    var offsetMilliseconds: Int64?
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]
  /// For messages and help.
  static let fields = "%Y %y %m %b %d %a %H %I %p %M %S %f %z %%"

  let text: String
  private let pieces: [Piece]

  init(_ text: String) throws(Invalid) {
    self.text = text
    var pieces: [Piece] = []
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case " ": if pieces.last != .spaces { pieces.append(.spaces) }
      case "%": pieces.append(try Self.field(rest.popFirst()))
      case _ where scalar.isASCII: pieces.append(.literal(scalar))
      default: throw Invalid(description: "it holds more than ASCII")
      }
    }
    self.pieces = pieces
    try checkDate()
  }

  private static func field(_ letter: Unicode.Scalar?) throws(Invalid) -> Piece {
    guard let letter else { throw Invalid(description: "it ends in a single %") }
    if letter == "%" { return .literal("%") }
    guard "YymbdaHIpMSfz".unicodeScalars.contains(letter) else {
      throw Invalid(description: "%\(letter) is none of \(fields)")
    }
    return .field(letter)
  }

  private func checkDate() throws(Invalid) {
    func has(_ letters: String) -> Bool {
      letters.unicodeScalars.contains { pieces.contains(.field($0)) }
    }
    guard has("Yy"), has("mb"), has("d") else {
      throw Invalid(description: "it lacks the year, the month or the day")
    }
    guard has("I") == has("p") else { throw Invalid(description: "%I and %p go together") }
  }

  var hasOffset: Bool { pieces.contains(.field("z")) }

  /// Nil for a text that is not written so.
  func read(_ text: String) -> Reading? {
    var scanner = DigitScanner(text)
    var parts = Parts()
    for piece in pieces {
      switch piece {
      case .literal(let scalar): guard scanner.take(scalar) else { return nil }
      case .spaces: guard scanner.takeSpaces() else { return nil }
      case .field(let letter): guard Self.take(letter, &scanner, &parts) else { return nil }
      }
    }
    return scanner.isAtEnd ? parts.reading : nil
  }

  /// False where the text does not go on with that field.
  private static func take(
    _ letter: Unicode.Scalar, _ scanner: inout DigitScanner, _ parts: inout Parts
  ) -> Bool {
    func keep(_ value: Int?, _ range: ClosedRange<Int>, _ part: WritableKeyPath<Parts, Int?>)
      -> Bool
    {
      guard let value, range.contains(value) else { return false }
      parts[keyPath: part] = value
      return true
    }
    switch letter {
    case "Y": return keep(scanner.number(digits: 4), 0...9_999, \.year)
    // As POSIX has it.
    case "y":
      let year = scanner.number(digits: 2).map { $0 < 69 ? 2_000 + $0 : 1_900 + $0 }
      return keep(year, 1_900...2_099, \.year)
    case "m": return keep(scanner.number(digitsMax: 2), 1...12, \.month)
    case "b": return keep(scanner.name(of: months, lettersMin: 3).map { $0 + 1 }, 1...12, \.month)
    case "d": return keep(scanner.number(digitsMax: 2), 1...31, \.day)
    case "a": return scanner.name(of: weekdays, lettersMin: 2) != nil
    case "H": return keep(scanner.number(digitsMax: 2), 0...23, \.hour)
    case "I": return keep(scanner.number(digitsMax: 2), 1...12, \.hour)
    case "p": return keep(scanner.name(of: ["am", "pm"], lettersMin: 2), 0...1, \.half)
    case "M": return keep(scanner.number(digitsMax: 2), 0...59, \.minute)
    case "S": return keep(scanner.number(digitsMax: 2), 0...60, \.second)
    case "f":
      parts.fractionMilliseconds = scanner.fractionMilliseconds()
      return parts.fractionMilliseconds != nil
    default:
      parts.offsetMilliseconds = scanner.offsetMilliseconds()
      return parts.offsetMilliseconds != nil
    }
  }
}

extension TimePattern.Parts {
  fileprivate var reading: TimePattern.Reading? {
    guard let year, let month, let day,
      let date = CalendarDay(year: year, month: month, day: day)
    else { return nil }
    // On such clocks 12 comes before 1.
    let fullHour = half.map { (hour ?? 0) % 12 + 12 * $0 } ?? hour ?? 0
    // A leap second counts as the one before it.
    let seconds = Int64(fullHour * 3_600 + (minute ?? 0) * 60 + min(second ?? 0, 59))
    return TimePattern.Reading(
      shownMilliseconds: date.unixMilliseconds + seconds * 1_000 + (fractionMilliseconds ?? 0),
      offsetMilliseconds: offsetMilliseconds)
  }
}
