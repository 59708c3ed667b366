import JSON
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    ("12", 12), ("-12", -12), ("0", 0), ("-0", 0), ("12.0", 12), ("1.2e1", 12), ("120e-1", 12),
    ("0.0e-99999999999", 0), ("-1E+2", -100), ("9223372036854775807", Int64.max),
    ("-9223372036854775808", Int64.min), ("9.223372036854775807e18", Int64.max),
  ])
  func `whole numbers are integers however they are written`(text: String, expected: Int64) throws {
    #expect(try JSONValue(parsing: text).int64 == expected)
  }

  @Test(arguments: [
    "12.5", "1e-1", "9223372036854775808", "1e19", "1.00000000000000000000001", "1e99999999999",
    "1e-99999999999", "\"12\"", "null",
  ])
  func `what is no 64-bit integer is none`(text: String) throws {
    #expect(try JSONValue(parsing: text).int64 == nil)
  }

  @Test func `unsigned integers reach their own maximum`() throws {
    #expect(try JSONValue(parsing: "18446744073709551615").uint64 == .max)
    #expect(try JSONValue(parsing: "18446744073709551616").uint64 == nil)
    #expect(try JSONValue(parsing: "-1").uint64 == nil)
  }

  @Test func `a number beyond the finite doubles is no double`() throws {
    #expect(try JSONValue(parsing: "1e308").double == 1e308)
    #expect(try JSONValue(parsing: "1e309").double == nil)
    #expect(try JSONValue(parsing: "\"1\"").double == nil)
  }

  @Test(arguments: [
    ("null", "null"), ("true", "a boolean"), ("1", "a number"), ("\"\"", "a string"),
    ("[]", "an array"), ("{}", "an object"),
  ])
  func `types have names for messages`(text: String, expected: String) throws {
    #expect(try JSONValue(parsing: text).typeName == expected)
  }

  @Test func `accessors of other types are nil`() throws {
    let value = try JSONValue(parsing: "[1]")
    #expect(value.object == nil)
    #expect(value.string == nil)
    #expect(value.bool == nil)
    #expect(value.number == nil)
    #expect(value["a"] == nil)
    #expect(!value.isNull)
  }
}
