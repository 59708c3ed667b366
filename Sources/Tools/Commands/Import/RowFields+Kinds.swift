internal import Definitions
internal import Messages

/// Fields as numbers, times, lists and places.
extension RowFields {
  // MARK: Numbers and times

  func number(_ name: String, in range: ClosedRange<Double>) throws(RowProblem) -> Double? {
    guard let written = try written(name), let field = mapping.fields[name] else { return nil }
    guard let value = Self.number(written, field) else {
      throw RowProblem("\(subject(name)) is not a number", RowProblem.quote(written.text))
    }
    let number = written.isFinal ? value : value * field.scale
    guard range.contains(number) else {
      throw RowProblem(
        "\(subject(name)) is not \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))",
        number == value ? written.text : "\(written.text), scaled to \(number)")
    }
    return number
  }

  private static func number(_ written: Written, _ field: FieldMapping) -> Double? {
    var text = written.text
    if field.decimal == .comma, !written.isFinal {
      // A point would group thousands here, or be a number of another kind.
      guard !text.contains(".") else { return nil }
      text = String(text.map { $0 == "," ? "." : $0 })
    }
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  func wholeNumber(_ name: String, in range: ClosedRange<UInt32>) throws(RowProblem) -> UInt32? {
    let bounds = Double(range.lowerBound)...Double(range.upperBound)
    guard let number = try number(name, in: bounds) else { return nil }
    guard let whole = UInt32(exactly: number) else {
      throw RowProblem("\(subject(name)) is not a whole number", "\(number)")
    }
    return whole
  }

  func time(_ name: String) throws(RowProblem) -> Int64? {
    guard let text = try text(name), let field = mapping.fields[name] else { return nil }
    do throws(RowProblem) {
      guard let pattern = field.pattern else {
        return try Timestamp.parse(text, unit: field.unit, clock: field.clock)
      }
      return try Timestamp.parse(text, pattern: pattern, clock: field.clock)
    } catch {
      throw RowProblem("\(subject(name)): \(error.reason)", error.detail)
    }
  }

  // MARK: Lists and places

  func list(_ name: String) throws(RowProblem) -> [String] {
    guard let field = mapping.fields[name] else { return [] }
    var texts: [String]
    switch field.source {
    case .constant(let text): texts = Self.split(text, by: field.separator)
    case .columns(let columns):
      switch try value(columns, name) {
      case .missing: texts = []
      case .list(let list): texts = list
      case .text(let text): texts = Self.split(text, by: field.separator)
      }
      if field.mostSpecific == .last { texts.reverse() }
      texts = texts.map { field.values[$0] ?? $0 }
    }
    texts.removeAll { $0.isEmpty }
    if texts.isEmpty, let fallback = field.fallback { return [fallback] }
    return texts
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

  private static func short(_ bound: Double) -> String {
    Int64(exactly: bound).map { "\($0)" } ?? "\(bound)"
  }
}
