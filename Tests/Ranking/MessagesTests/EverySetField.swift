import JSON
import RPC

/// A message whose every field is set, each to a value of its own, as its descriptor has it.
struct EverySetField {
  let schema: MessageSchema
  /// Which member of a oneof is set.
  var choice = 0
  private var last = 0

  init(_ schema: MessageSchema, choice: Int = 0) {
    self.schema = schema
    self.choice = choice
  }

  /// Members by the names of the .proto file.
  mutating func json(_ type: String) -> JSONValue {
    let shape = schema.message(type)!
    let oneof = shape.fields.filter { $0.oneof != 0 }.map(\.number)
    var members: [JSONMember] = []
    for field in shape.fields {
      if field.oneof != 0, oneof[choice % oneof.count] != field.number { continue }
      members.append(JSONMember(field.name, value(of: field)))
    }
    return JSONValue(.object(members))
  }

  private mutating func value(of field: FieldShape) -> JSONValue {
    guard field.isRepeated else { return value(field.kind) }
    return JSONValue(.array((0..<3).map { _ in value(field.kind) }))
  }

  private mutating func value(_ kind: FieldShape.Kind) -> JSONValue {
    last += 1
    switch kind {
    case .message(let name): return json(name)
    case .enumeration(let name):
      // The last one: zero is the default, which does not travel.
      let shape = schema.enumeration(name)!
      return JSONValue(.number(String(shape.number(shape.valueNames.last!)!)))
    case .scalar(.string): return JSONValue(.string("text \(last)"))
    case .scalar(.bool): return JSONValue(.bool(true))
    case .scalar(.float), .scalar(.double): return JSONValue(.number("\(last).5"))
    case .scalar: return JSONValue(.number("\(last)"))
    }
  }
}
