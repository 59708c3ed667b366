import TestSupport
import Testing

@testable import Commands

struct ImportMappingTests {
  private func problems(_ text: String) -> [String] {
    do {
      _ = try ImportMapping(
        parsing: Array(text.utf8), file: "m.json", compileZone: ImporterTests.zone)
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

  @Test func `what is wrong with a field names the key and its place`() {
    let text = """
      {"items": {"id": {"column": ["a", 3]}, "latitude": {"column": "x", "part": 0},
        "longitude": {"column": "x", "decimal": ";"}, "empty": "NULL", "keep": {"s": "x"},
        "categories": {"column": "c", "most_specific": "middle"}, "repeats": 1},
       "events": {"time": {"column": "t", "format": "%d.%m.%Y"}, "user": "u", "kind": "k",
        "repeats": true, "value": {"column": "v", "format": "%d"}}}
      """
    #expect(
      problems(text) == [
        "m.json:1:29: \"column\" is a column's name, or an array of them",
        "m.json:1:76: \"part\" is a whole number from 1",
        "m.json:2:43: \"decimal\" is one of ., ,",
        "m.json:2:58: \"empty\" is an array of texts",
        "m.json:2:80: \"s\" is an array of texts",
        "m.json:3:50: \"most_specific\" is one of first, last",
        "m.json:3:72: \"repeats\" is true or false",
        "m.json:4:21: \"time\" has no offset (%z): its \"time_zone\" is needed",
        "m.json:5:3: unknown field of events \"repeats\"; it is one of time, kind, user, item, id, "
          + "request, position, value, latitude, longitude, delimiter, header, empty, keep",
        "m.json:5:45: unknown key of \"value\" \"format\"; it is one of column, constant, separator, "
          + "part, values, default, scale, decimal",
      ])
  }

  @Test(arguments: [
    (#"{"column": "t", "unit": "seconds", "format": "%d.%m.%Y %z"}"#, "it is one of them"),
    (
      #"{"column": "t", "unit": "seconds", "time_zone": "UTC"}"#, "says nothing of times in seconds"
    ),
    (#"{"column": "t", "time_zone": "Nowhere/At_All"}"#, "Nowhere/At_All"),
    (#"{"column": "t", "time_zone": 3}"#, "a name like Europe/Berlin"),
    (#"{"column": "t", "format": "%d.%m"}"#, "lacks the year"),
  ])
  func `a time that nobody could place is refused`(field: String, told: String) {
    let found = problems(#"{"events": {"time": \#(field), "user": "u", "kind": "k"}}"#)
    #expect(found.contains { $0.contains(told) }, "\(found)")
  }

  @Test func `a required field must be there`() {
    #expect(problems(#"{"users": {}}"#) == ["m.json:1:11: \"users\" needs \"id\""])
  }

  @Test(arguments: [
    "", "[]", "{\"users\": 3}", #"{"users": {"id": {"column": ""}}}"#,
    #"{"users": {"id": "i", "latitude": {"column": "x", "scale": 0}}}"#,
    #"{"users": {"id": "i", "delimiter": "\n"}}"#, #"{"users": {"id": "i", "delimiter": "::"}}"#,
    #"{"users": {"id": "i", "header": ["a", "a"]}}"#, #"{"users": {"id": "i", "header": [1]}}"#,
    #"{"users": {"id": {"column": "i", "values": {"a": [1]}}}}"#,
    #"{"events": {"time": {"constant": "2020-01-01"}, "user": "u", "kind": "k"}}"#,
  ])
  func `what makes no sense is refused with its place`(text: String) {
    let found = problems(text)
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.hasPrefix("m.json:1:") }, "\(found)")
  }

  @Test(arguments: ["foursquare-nyc.json", "delivery/mapping.json"])
  func `the mappings that ship are sound`(name: String) throws {
    let path = "\(Checkout.root)/deploy/mappings/\(name)"
    let bytes = try FileContents.read(path, bytesMax: ImportMapping.fileBytesMax)
    let mapping = try ImportMapping(parsing: bytes, file: path)
    #expect(mapping.table(.items).fields["rating"]?.scale == 0.5)
  }

  @Test func `the help names every column of every table and every key of a mapping`() {
    for table in ImportTable.allCases {
      for field in table.fields {
        #expect(ImportTable.help.contains("  \(field.name)"))
        for key in field.mappingKeys { #expect(ImportTable.help.contains("  \(key) "), "\(key)") }
      }
      for key in table.mappingKeys { #expect(ImportTable.help.contains("  \(key) "), "\(key)") }
    }
  }
}
