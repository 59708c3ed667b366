internal import JSON

/// The members of an object on a card, checked on access. A member that is not there has no value;
/// one that is something else is an error with its place.
struct CardFields {
  private let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  func string(_ name: String) throws(JSONError) -> String? {
    try value(name, "a string") { $0.string }
  }

  func required(_ name: String) throws(JSONError) -> String {
    guard let text = try string(name), !text.isEmpty else {
      throw JSONError(position: json.position, message: "\(name) is missing")
    }
    return text
  }

  /// Names a file of the card's own folder.
  func fileName(_ name: String) throws(JSONError) -> String {
    let text = try required(name)
    guard !text.contains("/"), !text.hasPrefix(".") else {
      throw problem(name, "\"\(text)\" is not the name of a file beside the card")
    }
    return text
  }

  func hexadecimal(_ name: String) throws(JSONError) -> UInt64? {
    guard let value = json[name] else { return nil }
    guard let text = value.string, let number = UInt64(text, radix: 16) else {
      throw problem(name, "\(name) is not a hexadecimal number")
    }
    return number
  }

  func number(_ name: String) throws(JSONError) -> Double? {
    try value(name, "a number") { $0.double }
  }

  /// A number of 0...1.
  func share(_ name: String) throws(JSONError) -> Double? {
    guard let number = try number(name) else { return nil }
    guard (0...1).contains(number) else { throw problem(name, "\(name) is not in 0...1") }
    return number
  }

  func flag(_ name: String) throws(JSONError) -> Bool {
    try value(name, "true or false") { $0.bool } ?? false
  }

  func times(_ first: String, _ last: String) throws(JSONError) -> ClosedRange<Int64>? {
    let begin = try value(first, "an integer") { $0.int64 }
    guard let begin, let end = try value(last, "an integer", { $0.int64 }) else { return nil }
    guard begin <= end else { throw problem(last, "\(last) is before \(first)") }
    return begin...end
  }

  func strings(_ name: String) throws(JSONError) -> [String] {
    try elements(name, "an array of strings") { $0.string }
  }

  func numbers(_ name: String) throws(JSONError) -> [Double] {
    try elements(name, "an array of numbers") { $0.double }
  }

  func object(_ name: String) throws(JSONError) -> CardFields? {
    try value(name, "an object") { $0.object == nil ? nil : CardFields($0) }
  }

  func objects(_ name: String, limit: Int) throws(JSONError) -> [CardFields] {
    let objects = try elements(name, "an array of objects") {
      $0.object == nil ? nil : CardFields($0)
    }
    guard objects.count <= limit else {
      throw problem(name, "\(name) has \(objects.count) elements, the limit is \(limit)")
    }
    return objects
  }

  func problem(_ name: String, _ message: String) -> JSONError {
    JSONError(position: json[name]?.position ?? json.position, message: message)
  }

  private func value<Value>(
    _ name: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(JSONError) -> Value? {
    guard let value = json[name] else { return nil }
    guard let read = read(value) else { throw problem(name, "\(name) is not \(expected)") }
    return read
  }

  private func elements<Element>(
    _ name: String, _ expected: String, _ read: (JSONValue) -> Element?
  ) throws(JSONError) -> [Element] {
    guard let value = json[name] else { return [] }
    guard let array = value.array else { throw problem(name, "\(name) is not \(expected)") }
    let elements = array.compactMap(read)
    guard elements.count == array.count else { throw problem(name, "\(name) is not \(expected)") }
    return elements
  }
}
