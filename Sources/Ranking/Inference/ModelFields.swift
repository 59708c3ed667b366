/// The `key=value` lines of one section of a model file, the header or a tree, checked on access.
struct ModelFields {
  private struct Field {
    let value: ArraySlice<UInt8>
    let line: Int
  }

  private var fields: [String: Field] = [:]
  private let lineLimit: Int
  /// The last line read into this section: where a missing key is reported.
  private var lastLine: Int

  init(startingAt line: Int, lineLimit: Int) {
    lastLine = line
    self.lineLimit = lineLimit
  }

  /// Takes one line in. A line without `=` is refused unless it is one of `bareWords`.
  mutating func add(
    _ text: ArraySlice<UInt8>, line: Int, bareWords: Set<String>
  ) throws(ModelError) {
    lastLine = line
    let separator = text.firstIndex(of: UInt8(ascii: "="))
    let key = String(decoding: text[..<(separator ?? text.endIndex)], as: UTF8.self)
    guard separator != nil || bareWords.contains(key) else {
      throw ModelError(line: line, .unexpectedLine(DecimalText.excerpt(text)))
    }
    let value = separator.map { text[($0 + 1)...] } ?? text[text.endIndex...]
    guard fields.updateValue(Field(value: value, line: line), forKey: key) == nil else {
      throw ModelError(line: line, .duplicate(key: DecimalText.excerpt(key.utf8)))
    }
    guard fields.count <= lineLimit else {
      throw ModelError(
        line: line, .tooLarge(what: "lines in a section", count: fields.count, limit: lineLimit))
    }
  }

  func contains(_ key: String) -> Bool { fields[key] != nil }

  /// The line of a key, or the end of the section where it is absent.
  func line(of key: String) -> Int { fields[key]?.line ?? lastLine }

  func text(_ key: String) throws(ModelError) -> String {
    String(decoding: try field(key).value, as: UTF8.self)
  }

  func integer(_ key: String, in allowed: ClosedRange<Int>) throws(ModelError) -> Int {
    let field = try field(key)
    guard let value = DecimalText.integer(field.value) else {
      throw notANumber(key, field.value, line: field.line)
    }
    try check(key, value, in: allowed)
    return value
  }

  func integers(
    _ key: String, count: Int?, in allowed: ClosedRange<Int>
  ) throws(ModelError) -> [Int] {
    let values = try list(key, count: count, DecimalText.integer)
    for value in values { try check(key, value, in: allowed) }
    return values
  }

  /// Numbers that may be infinite but not NaN, unless `allowingNaN`.
  func numbers(
    _ key: String, count: Int, allowingNaN: Bool = false
  ) throws(ModelError) -> [Double] {
    try list(key, count: count) { text in
      DecimalText.double(text).flatMap { $0.isNaN && !allowingNaN ? nil : $0 }
    }
  }

  func words(_ key: String, count: Int) throws(ModelError) -> [String] {
    try list(key, count: count) { String(decoding: $0, as: UTF8.self) }
  }

  private func field(_ key: String) throws(ModelError) -> Field {
    guard let field = fields[key] else { throw ModelError(line: lastLine, .missing(key: key)) }
    return field
  }

  /// The blank-separated values of a key. Values past `count` are counted, not kept, so that memory
  /// is bounded by what the file holds and by what it announced.
  private func list<Value>(
    _ key: String, count: Int?, _ parse: (ArraySlice<UInt8>) -> Value?
  ) throws(ModelError) -> [Value] {
    let field = try field(key)
    var values: [Value] = []
    var found = 0
    var rest = field.value
    while let word = rest.removeFirstWord() {
      found += 1
      if let count, found > count { continue }
      guard let value = parse(word) else { throw notANumber(key, word, line: field.line) }
      values.append(value)
    }
    if let count, found != count {
      throw ModelError(line: field.line, .wrongCount(key: key, found: found, expected: count))
    }
    return values
  }

  private func check(
    _ key: String, _ value: Int, in allowed: ClosedRange<Int>
  ) throws(ModelError) {
    guard allowed.contains(value) else {
      let problem = ModelError.Problem.outOfRange(key: key, value: value, allowed: allowed)
      throw ModelError(line: line(of: key), problem)
    }
  }

  private func notANumber(_ key: String, _ text: ArraySlice<UInt8>, line: Int) -> ModelError {
    ModelError(line: line, .notANumber(key: key, text: DecimalText.excerpt(text)))
  }
}

extension ArraySlice<UInt8> {
  /// Takes the next word off the front; words are separated by runs of spaces (the leaves of a
  /// linear tree are set apart by two).
  fileprivate mutating func removeFirstWord() -> ArraySlice<UInt8>? {
    var start = startIndex
    while start < endIndex, self[start] == UInt8(ascii: " ") { start += 1 }
    guard start < endIndex else { return nil }
    var end = start
    while end < endIndex, self[end] != UInt8(ascii: " ") { end += 1 }
    defer { self = self[end...] }
    return self[start..<end]
  }
}
