internal import RPC

/// A description in the language that .proto files are written in.
struct ProtoText {
  private let description: DescribeResponse

  init(_ description: DescribeResponse) { self.description = description }

  var text: String {
    let methods = description.methods.map {
      "rpc \($0.name)(\($0.request)) returns (\($0.response));  // \($0.safety)"
    }
    let messages = description.messages.map(message)
    let enums = description.enums.map { type in
      let values = type.values.map { "  \($0.name) = \($0.number);" }
      return (["enum \(type.name) {"] + values + ["}"]).joined(separator: "\n")
    }
    return (methods + messages + enums).joined(separator: "\n\n")
  }

  private func message(_ type: MessageDescription) -> String {
    let fields = type.fields.map { field in
      let kind = field.typeName.isEmpty ? field.type : field.typeName
      let oneof = field.oneof == 0 ? "" : "  // one of group \(field.oneof)"
      return
        "  \(field.repeated ? "repeated " : "")\(kind) \(field.name) = \(field.number);\(oneof)"
    }
    return (["message \(type.name) {"] + fields + ["}"]).joined(separator: "\n")
  }
}
