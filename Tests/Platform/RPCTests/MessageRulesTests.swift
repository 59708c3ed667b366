import CMessages
import RPC
import Testing

/// WIRE.md, "Messages": what no message of ours may be made of.
@Suite struct MessageRulesTests {
  /// A chain of types from one back to itself.
  private func recursion(_ messages: [MessageDescription]) -> [String]? {
    let children = Dictionary(
      uniqueKeysWithValues: messages.map { message in
        (message.name, message.fields.filter { $0.type == "message" }.map(\.typeName))
      })
    func search(_ path: [String]) -> [String]? {
      for child in children[path.last!] ?? [] {
        if path.contains(child) { return path + [child] }
        if let found = search(path + [child]) { return found }
      }
      return nil
    }
    return messages.lazy.compactMap { search([$0.name]) }.first
  }

  /// Lines of a .proto file that hold what is not allowed.
  private func forbidden(_ text: String) -> [String] {
    text.split(separator: "\n").map {
      $0.split(separator: "//", omittingEmptySubsequences: false)[0]
    }
    .filter { line in
      let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
      return words.contains("optional") || words.contains("google.protobuf")
        || words.contains { $0.hasPrefix("google.") } || line.contains("google/protobuf")
        || words.contains("map") || words.contains("group")
    }.map(String.init)
  }

  private var files: [(name: String, text: String)] {
    RepositoryFiles.names(in: "proto").filter { $0.hasSuffix(".proto") }.compactMap { name in
      RepositoryFiles.read("proto/\(name)").map { (name, $0) }
    }
  }

  @Test func `every message of the .proto files is looked at`() {
    let declared = files.flatMap { file in
      file.text.split(separator: "\n").filter { $0.hasPrefix("message ") }
        .map { "brigade.v1.\($0.split(separator: " ")[1])" }
    }
    #expect(!declared.isEmpty && declared.sorted() == GeneratedType.all.map(\.name).sorted())
  }

  @Test func `no message contains itself`() {
    let messages = GeneratedType.all.map(\.type.description)
    #expect(recursion(messages) == nil)
    // And the search finds one where there is one.
    var a = MessageDescription()
    a.name = "a"
    a.fields = [EveryField.field("b", 1, "message", "b")]
    var b = MessageDescription()
    b.name = "b"
    b.fields = [EveryField.field("n", 1, "int32"), EveryField.field("a", 2, "message", "a")]
    #expect(recursion(messages + [a, b]) == ["a", "b", "a"])
  }

  @Test func `no field is optional, none of a map or a well-known type`() {
    for type in MessageType.reachable(from: GeneratedType.all.map(\.type)) {
      #expect(type.name.hasPrefix("brigade.v1."))
      let names = type.fields.map { String(cString: $0.name) }
      #expect(!(type.name.hasSuffix("Entry") && names == ["key", "value"]), "\(type.name)")
      for field in type.fields where field.type != PROTOBUF_C_TYPE_MESSAGE {
        let isInOneof = field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
        #expect(
          field.label != PROTOBUF_C_LABEL_REQUIRED
            && (field.label != PROTOBUF_C_LABEL_OPTIONAL || isInOneof),
          "\(type.name).\(String(cString: field.name))")
      }
    }
  }

  @Test func `no .proto file says what is not allowed`() {
    for file in files { #expect(forbidden(file.text).isEmpty, "\(file.name)") }
    for line in [
      "  optional uint32 price = 5;", "  map<string, uint32> prices = 1;",
      "import \"google/protobuf/timestamp.proto\";", "  google.protobuf.Duration time = 1;",
    ] {
      #expect(forbidden("message M {\n\(line)  // why\n}").count == 1, "\(line)")
    }
    #expect(forbidden("message Roadmap { string map_name = 1; }  // optional").isEmpty)
  }
}
