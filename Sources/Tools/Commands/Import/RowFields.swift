internal import Definitions
internal import Messages

/// The fields of one row, read as what they are. An empty field is nil.
struct RowFields {
  let row: InputRow
  let mapping: TableMapping
  /// Of fields, in a CSV row.
  let indexes: [String: Int]

  private func value(_ name: String) throws(RowProblem) -> InputValue {
    guard let field = mapping.fields[name] else { return .missing }
    switch field.source {
    case .constant(let text): return .text(text)
    case .column(let column): return try row.value(column: column, index: indexes[name])
    }
  }

  func text(_ name: String) throws(RowProblem) -> String? {
    switch try value(name) {
    case .missing: return nil
    case .text(let text): return mapping.fields[name]?.values[text] ?? text
    case .list: throw RowProblem("\(name) is an array")
    }
  }

  func requiredText(_ name: String) throws(RowProblem) -> String {
    guard let text = try text(name) else { throw RowProblem("no \(name)") }
    return text
  }

  func number(_ name: String, in range: ClosedRange<Double>) throws(RowProblem) -> Double? {
    guard let text = try text(name) else { return nil }
    guard let written = Double(text), written.isFinite else {
      throw RowProblem("\(name) is not a number", RowProblem.quote(text))
    }
    let number = written * (mapping.fields[name]?.scale ?? 1)
    guard range.contains(number) else {
      throw RowProblem(
        "\(name) is not \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))",
        number == written ? text : "\(text), scaled to \(number)")
    }
    return number
  }

  func wholeNumber(_ name: String, in range: ClosedRange<UInt32>) throws(RowProblem) -> UInt32? {
    let bounds = Double(range.lowerBound)...Double(range.upperBound)
    guard let number = try number(name, in: bounds) else { return nil }
    guard let whole = UInt32(exactly: number) else {
      throw RowProblem("\(name) is not a whole number", "\(number)")
    }
    return whole
  }

  func time(_ name: String) throws(RowProblem) -> Int64? {
    guard let text = try text(name) else { return nil }
    return try Timestamp.parse(text, unit: mapping.fields[name]?.unit ?? .iso8601)
  }

  func list(_ name: String) throws(RowProblem) -> [String] {
    switch try value(name) {
    case .missing: return []
    case .list(let texts): return texts.filter { !$0.isEmpty }
    case .text(let text):
      return Self.split(text, by: mapping.fields[name]?.separator ?? ";")
    }
  }

  /// Nil where both coordinates are empty.
  func place() throws(RowProblem) -> Place? {
    let latitude = try number("latitude", in: -90...90)
    let longitude = try number("longitude", in: -180...180)
    switch (latitude, longitude) {
    case (let latitude?, let longitude?):
      return Coordinate(latitude: latitude, longitude: longitude).place
    case (nil, nil): return nil
    default: throw RowProblem("one of latitude and longitude is missing")
    }
  }

  private static func split(_ text: String, by separator: String) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
    var parts: [String] = []
    var start = 0
    func close(_ end: Int) {
      let part = bytes[start..<end].drop { $0 == UInt8(ascii: " ") }
      let last = part.lastIndex { $0 != UInt8(ascii: " ") }
      if let last { parts.append(String(decoding: part[...last], as: UTF8.self)) }
    }
    var at = 0
    while at < bytes.count {
      if bytes[at...].starts(with: mark) {
        close(at)
        at += mark.count
        start = at
      } else {
        at += 1
      }
    }
    close(bytes.count)
    return parts
  }

  private static func short(_ bound: Double) -> String {
    Int64(exactly: bound).map { "\($0)" } ?? "\(bound)"
  }
}
