/// One piece of work of a request: a call as its caller or its server saw it, one attempt of a
/// call, or something done in between.
package struct Span: Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case `internal`
    case server
    case client
  }

  package enum Value: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
  }

  package struct Attribute: Equatable, Sendable {
    package var name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// Reasons can come from other processes; what is longer is cut.
  package static let textBytesMax = 256
  /// More are left out; ours are below it.
  package static let attributesMax = 24

  package var id: UInt64
  /// 0 for none.
  package var parent: UInt64
  package var name: String
  package var kind: Kind
  /// The program that did it: `brigade-inference`.
  package var service: String
  /// The replica that did it; empty unknown.
  package var instance: String
  /// After the trace's start, on the clock of who recorded the trace.
  package var startMicroseconds: UInt64
  package var durationMicroseconds: UInt64
  package private(set) var attributes: [Attribute] = []
  /// What went wrong; nil where nothing did.
  package var failure: String?
  /// An attempt whose answer came too late, or not at all, while another one's was used.
  package var isLost = false

  package init(
    id: UInt64, parent: UInt64, name: String, kind: Kind, service: String, instance: String = "",
    startMicroseconds: UInt64, durationMicroseconds: UInt64
  ) {
    self.id = id
    self.parent = parent
    self.name = name
    self.kind = kind
    self.service = service
    self.instance = instance
    self.startMicroseconds = startMicroseconds
    self.durationMicroseconds = durationMicroseconds
  }

  /// Times come from other processes too; a sum that is no time ends at the last there is.
  package var endMicroseconds: UInt64 {
    let (end, overflow) = startMicroseconds.addingReportingOverflow(durationMicroseconds)
    return overflow ? .max : end
  }

  package subscript(name: String) -> Value? { attributes.first { $0.name == name }?.value }

  package func integer(_ name: String) -> UInt64 {
    if case .integer(let value)? = self[name] { UInt64(clamping: value) } else { 0 }
  }

  package func text(_ name: String) -> String {
    if case .text(let value)? = self[name] { value } else { "" }
  }

  package mutating func add(_ name: String, _ value: Value) {
    guard attributes.count < Self.attributesMax else { return }
    if case .text(let text) = value {
      attributes.append(Attribute(name, .text(Self.cut(text))))
    } else {
      attributes.append(Attribute(name, value))
    }
  }

  package mutating func add(_ name: String, _ value: String) { add(name, .text(value)) }

  package mutating func add(_ name: String, _ value: UInt64) {
    add(name, .integer(Int64(clamping: value)))
  }

  package mutating func fail(_ reason: String) { failure = Self.cut(reason) }

  static func cut(_ text: String) -> String {
    guard text.utf8.count > textBytesMax else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: textBytesMax)
    while text.utf8[end] & 0xC0 == 0x80 { text.utf8.formIndex(before: &end) }
    return String(text[..<end]) + "…"
  }
}
