/// A message type's fields, by each of the ways that they are looked for.
package struct MessageShape: Sendable {
  package let name: String
  /// By number, ascending.
  package let fields: [FieldShape]
  private let byNumber: [UInt32: Int]
  private let byName: [String: Int]
  private let byOneof: [UInt32: [Int]]

  init(_ description: MessageDescription) throws(TranscodingError) {
    name = description.name
    var fields: [FieldShape] = []
    for field in description.fields { fields.append(try FieldShape(field)) }
    fields.sort { $0.number < $1.number }
    for (a, b) in zip(fields, fields.dropFirst()) where a.number == b.number {
      throw TranscodingError("\(a.name) has the same number", at: nil, path: b.name)
    }
    self.fields = fields
    byNumber = Dictionary(
      fields.enumerated().map { ($1.number, $0) }, uniquingKeysWith: { first, _ in first })
    // Names of the .proto file come first: they are unique, and JSON's are made from them.
    let names = fields.enumerated().map { ($1.name, $0) }
    let jsonNames = fields.enumerated().map { ($1.jsonName, $0) }
    byName = Dictionary(names + jsonNames, uniquingKeysWith: { first, _ in first })
    byOneof = Dictionary(
      grouping: fields.indices.filter { fields[$0].oneof != 0 }, by: { fields[$0].oneof })
  }

  func index(number: UInt32) -> Int? { byNumber[number] }

  /// By either of a field's names.
  func index(name: String) -> Int? { byName[name] }

  /// Indexes of a oneof's members.
  func members(ofOneof oneof: UInt32) -> [Int] { byOneof[oneof] ?? [] }
}

/// An enum's values. Numbers that it has no name for are kept as numbers, as proto3 has it.
package struct EnumShape: Sendable {
  package let name: String
  /// In the order of declaration.
  package let valueNames: [String]
  private let numbers: [String: Int32]
  private let names: [Int32: String]

  init(_ description: EnumDescription) {
    name = description.name
    let values = description.values
    valueNames = values.map(\.name)
    numbers = Dictionary(
      values.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    names = Dictionary(
      values.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  package func number(_ name: String) -> Int32? { numbers[name] }
  package func name(_ number: Int32) -> String? { names[number] }
}
