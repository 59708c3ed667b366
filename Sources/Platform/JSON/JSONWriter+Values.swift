extension JSONWriter {
  package mutating func null() { raw("null".utf8) }

  package mutating func value(_ value: Bool) { raw((value ? "true" : "false").utf8) }

  package mutating func value(_ value: Int) { raw(String(value).utf8) }

  /// As a number. (protobuf's JSON mapping writes 64-bit integers as strings: pass `String(value)`.)
  package mutating func value(_ value: Int64) { raw(String(value).utf8) }

  package mutating func value(_ value: UInt64) { raw(String(value).utf8) }

  /// The shortest digits that read back as the same Double. JSON has no NaN and no infinities: they
  /// are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`, as in protobuf's JSON mapping.
  package mutating func value(_ value: Double) { number(value, shortest: value.description) }

  /// As for Double, with the shortest digits that read back as the same Float.
  package mutating func value(_ value: Float) { number(value, shortest: value.description) }

  /// A value that was read; numbers keep the digits they were written with.
  package mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .null: null()
    case .bool(let bool): self.value(bool)
    case .number(let text): raw(text.utf8)
    case .string(let string): self.value(string)
    case .array(let values): array { writer in values.forEach { writer.value($0) } }
    case .object(let members):
      object { writer in members.forEach { writer.member($0.name, $0.value) } }
    }
  }

  package mutating func member(_ name: String, _ value: JSONValue) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: String) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: Bool) {
    key(name)
    self.value(value)
  }

  package mutating func member(_ name: String, _ value: some FixedWidthInteger) {
    key(name)
    raw(String(value).utf8)
  }

  package mutating func member(_ name: String, _ value: Double) {
    key(name)
    self.value(value)
  }

  private mutating func number(_ value: some BinaryFloatingPoint, shortest: String) {
    if value.isNaN {
      self.value("NaN")
    } else if value.isInfinite {
      self.value(value < 0 ? "-Infinity" : "Infinity")
    } else {
      raw((shortest.hasSuffix(".0") ? shortest.dropLast(2) : shortest[...]).utf8)
    }
  }
}
