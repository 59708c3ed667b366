import RPC

/// A schema of a message with a field of each kind, as a server could describe it.
enum EveryField {
  static let name = "test.Every"

  static var description: DescribeResponse {
    var every = MessageDescription()
    every.name = name
    for (index, scalar) in FieldShape.Scalar.allCases.enumerated() {
      every.fields.append(field("one_\(scalar.rawValue)", UInt32(index + 1), scalar.rawValue))
      var list = field("list_\(scalar.rawValue)", UInt32(index + 21), scalar.rawValue)
      list.repeated = true
      list.packed = index % 2 == 0
      every.fields.append(list)
    }
    every.fields.append(field("kind", 41, "enum", "test.Kind"))
    every.fields.append(field("inner", 42, "message", name))
    var inners = field("inners", 43, "message", name)
    inners.repeated = true
    every.fields.append(inners)
    for (number, type) in [(44, "uint32"), (45, "string"), (46, "message")] {
      var choice = field("choice_\(type)", UInt32(number), type, type == "message" ? name : "")
      choice.oneof = 1
      every.fields.append(choice)
    }
    var response = DescribeResponse()
    response.messages = [every]
    response.enums = [kind]
    return response
  }

  private static var kind: EnumDescription {
    var kind = EnumDescription()
    kind.name = "test.Kind"
    for (number, name) in [(0, "KIND_NONE"), (1, "KIND_OPEN"), (-2, "KIND_ODD")] {
      var value = EnumValueDescription()
      (value.name, value.number) = (name, Int32(number))
      kind.values.append(value)
    }
    return kind
  }

  static func field(
    _ name: String, _ number: UInt32, _ type: String, _ typeName: String = ""
  ) -> FieldDescription {
    var field = FieldDescription()
    field.name = name
    field.number = number
    field.type = type
    field.typeName = typeName
    return field
  }
}
