/// Reads dates and times of day from the front of a text, a piece at a time.
struct DigitScanner {
  private let bytes: [UInt8]
  private var offset = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func number(digits: Int) -> Int? {
    guard offset + digits <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[offset..<(offset + digits)] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    offset += digits
    return value
  }

  /// One digit at least, and as many of them as there are.
  mutating func number(digitsMax: Int) -> Int? {
    var value: Int?
    for _ in 0..<digitsMax {
      guard let digit = number(digits: 1) else { break }
      value = (value ?? 0) * 10 + digit
    }
    return value
  }

  /// The index of the name that comes next, whole or as its first letters, in any case.
  mutating func name(of names: [String], lettersMin: Int) -> Int? {
    let letters = bytes[offset...].prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
    let written = letters.map { $0 | 0x20 }
    guard written.count >= lettersMin else { return nil }
    // "Sept" is as good as "Sep", but "Ma" is no month.
    let found = names.firstIndex { Array($0.lowercased().utf8).starts(with: written) }
    if found != nil { offset += letters.count }
    return found
  }

  /// A run of spaces, one at least.
  mutating func takeSpaces() -> Bool {
    let start = offset
    while take(" ") {}
    return offset > start
  }

  /// `18:04`, `18:04:59`, `18:04:59.123`; a leap second counts as the one before it.
  mutating func clockMilliseconds() -> Int64? {
    guard let hour = number(digits: 2), hour < 24, take(":"),
      let minute = number(digits: 2), minute < 60
    else { return nil }
    let milliseconds = Int64(hour * 60 + minute) * 60_000
    guard take(":") else { return milliseconds }
    guard let second = number(digits: 2), second <= 60 else { return nil }
    let seconds = Int64(min(second, 59)) * 1_000
    guard take(".") || take(",") else { return milliseconds + seconds }
    return fractionMilliseconds().map { milliseconds + seconds + $0 }
  }

  /// The digits behind a second's point, one at least.
  mutating func fractionMilliseconds() -> Int64? {
    var (place, milliseconds) = (Int64(100), Int64(0))
    guard let first = number(digits: 1) else { return nil }
    milliseconds += Int64(first) * place
    while let digit = number(digits: 1) {
      place /= 10
      milliseconds += Int64(digit) * place
    }
    return milliseconds
  }

  /// `Z`, `+02:00`, `-0530`, `+02`.
  mutating func offsetMilliseconds() -> Int64? {
    if take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hour = number(digits: 2), hour <= 14 else { return nil }
    let hasColon = take(":")
    // A year may follow: "+0000 2012".
    let minute = number(digits: 2) ?? (hasColon ? nil : 0)
    guard let minute, minute < 60 else { return nil }
    return Int64(hour * 60 + minute) * (isWest ? -60_000 : 60_000)
  }
}
