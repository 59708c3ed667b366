internal import JSON

/// A value of a model in JSON, checked on access; errors name its path and line.
struct XGBoostField {
  let value: JSONValue
  let path: String

  var line: Int { value.position.line }

  func unfit(_ problem: String) -> ModelError {
    ModelError(line: line, .unfitField(path: path, problem))
  }

  func member(_ name: String) throws(ModelError) -> XGBoostField {
    guard let field = optional(name) else { throw unfit("has no '\(name)'") }
    return field
  }

  func optional(_ name: String) -> XGBoostField? {
    value[name].map { XGBoostField(value: $0, path: path.isEmpty ? name : "\(path).\(name)") }
  }

  func text() throws(ModelError) -> String {
    guard let text = value.string else { throw unfit("is \(value.typeName), not a string") }
    return text
  }

  /// A number that stands in a string, as XGBoost writes parameters.
  func textInteger(in allowed: ClosedRange<Int>) throws(ModelError) -> Int {
    guard let number = Int(try text()), allowed.contains(number) else {
      throw unfit("is not an integer of \(allowed.lowerBound)...\(allowed.upperBound)")
    }
    return number
  }

  func elements(limit: Int) throws(ModelError) -> [JSONValue] {
    guard let elements = value.array else { throw unfit("is \(value.typeName), not an array") }
    guard elements.count <= limit else {
      throw unfit("has \(elements.count) elements, the limit is \(limit)")
    }
    return elements
  }

  func integers(count: Int, in allowed: ClosedRange<Int>) throws(ModelError) -> [Int] {
    try list(try elements(count: count)) { Self.integer($0, in: allowed) }
  }

  /// As many as there are.
  func integers(in allowed: ClosedRange<Int>) throws(ModelError) -> [Int] {
    try list(try elements(limit: .max)) { Self.integer($0, in: allowed) }
  }

  func numbers(count: Int) throws(ModelError) -> [Float] {
    try list(try elements(count: count)) { element in
      element.number.flatMap { Float($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// Older versions write flags as booleans.
  private static func integer(_ element: JSONValue, in allowed: ClosedRange<Int>) -> Int? {
    if let flag = element.bool { return allowed.contains(flag ? 1 : 0) ? (flag ? 1 : 0) : nil }
    guard let number = element.int64, let value = Int(exactly: number), allowed.contains(value)
    else { return nil }
    return value
  }

  private func elements(count: Int) throws(ModelError) -> [JSONValue] {
    let elements = try elements(limit: .max)
    guard elements.count == count else {
      throw unfit("has \(elements.count) elements, expected \(count)")
    }
    return elements
  }

  private func list<Value>(
    _ elements: [JSONValue], _ parse: (JSONValue) -> Value?
  ) throws(ModelError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      guard let value = parse(element) else {
        throw ModelError(
          line: element.position.line,
          .unfitField(path: "\(path)[\(index)]", "is not a number that is allowed here"))
      }
      values.append(value)
    }
    return values
  }
}
