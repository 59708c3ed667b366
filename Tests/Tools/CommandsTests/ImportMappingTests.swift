import TestSupport
import Testing

@testable import Commands

struct ImportMappingTests {
  private func problems(_ text: String) -> [String] {
    do {
      _ = try ImportMapping(parsing: Array(text.utf8), file: "m.json")
      return []
    } catch {
      guard case .mapping(let problems) = error else { return ["another error: \(error)"] }
      return problems
    }
  }

  @Test func `a table that is not named keeps its default columns`() throws {
    let mapping = try ImportMapping(
      parsing: Array(#"{"users": {"id": "uid"}}"#.utf8), file: "m.json")
    #expect(mapping.table(.items) == ImportMapping().table(.items))
    #expect(mapping.table(.users).fields == ["id": FieldMapping(source: .column("uid"))])
  }

  @Test func `every part of a field is read`() throws {
    let text = #"""
      {"events": {"time": {"column": "at", "unit": "seconds"}, "user": "u", "item": "i",
        "kind": {"column": "type", "values": {"buy": "order"}},
        "value": {"column": "cents", "scale": 0.01}, "delimiter": ";", "header": ["at", "u"]}}
      """#
    let table = try ImportMapping(parsing: Array(text.utf8), file: "m.json").table(.events)
    #expect(table.fields["time"]?.unit == .seconds)
    #expect(table.fields["kind"]?.values == ["buy": "order"])
    #expect(table.fields["value"]?.scale == 0.01)
    #expect(table.delimiter == UInt8(ascii: ";"))
    #expect(table.header == ["at", "u"])
  }

  @Test func `problems name their place and the nearest name, all at once`() {
    let text = """
      {"item": {},
       "users": {"id": "u", "latitud": "x"},
       "events": {"time": {"column": "t", "unti": "seconds", "unit": "years"}, "user": 3,
                  "kind": {"column": "k", "constant": "order"}}}
      """
    #expect(
      problems(text) == [
        "m.json:1:2: unknown table \"item\"; did you mean \"items\"?",
        "m.json:2:23: unknown field of users \"latitud\"; did you mean \"latitude\"?",
        "m.json:3:37: unknown key of \"time\" \"unti\"; did you mean \"unit\"?",
        "m.json:3:64: \"unit\" is one of iso8601, iso8601_utc, seconds, milliseconds",
        "m.json:3:82: \"user\" is a column's name or an object, not a number",
        "m.json:4:21: \"kind\" needs either \"column\" or \"constant\"",
      ])
  }

  @Test func `a required field must be there`() {
    #expect(problems(#"{"users": {}}"#) == ["m.json:1:11: \"users\" needs \"id\""])
  }

  @Test(arguments: [
    "", "[]", "{\"users\": 3}", #"{"users": {"id": {"column": ""}}}"#,
    #"{"users": {"id": "i", "latitude": {"column": "x", "scale": 0}}}"#,
    #"{"users": {"id": "i", "delimiter": "\n"}}"#, #"{"users": {"id": "i", "delimiter": "::"}}"#,
    #"{"users": {"id": "i", "header": ["a", "a"]}}"#, #"{"users": {"id": "i", "header": [1]}}"#,
    #"{"users": {"id": {"column": "i", "values": {"a": 1}}}}"#,
    #"{"events": {"time": {"constant": "2020-01-01"}, "user": "u", "kind": "k"}}"#,
  ])
  func `what makes no sense is refused with its place`(text: String) {
    let found = problems(text)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("m.json:1:") }, "\(found)")
  }

  @Test func `the mapping that ships is sound`() throws {
    let path = "\(Checkout.root)/deploy/mappings/foursquare-nyc.json"
    let bytes = try FileContents.read(path, bytesMax: ImportMapping.fileBytesMax)
    let mapping = try ImportMapping(parsing: bytes, file: path)
    #expect(mapping.table(.items).fields["rating"]?.scale == 0.5)
  }

  @Test func `the help names every column of every table`() {
    for table in ImportTable.allCases {
      for field in table.fields { #expect(ImportTable.help.contains("  \(field.name)")) }
    }
  }
}
