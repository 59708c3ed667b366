import TestSupport
import Testing

@testable import Inference

@Suite struct ModelCardTests {
  private func schema(_ text: String) throws -> UInt64 {
    try ModelCard(parsing: Array(text.utf8)).schema
  }

  private func problem(_ text: String) -> String? {
    do {
      _ = try schema(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `the fingerprint is a hexadecimal number, whatever else is on the card`() throws {
    #expect(try schema(#"{"schema": "ffffffffffffffff"}"#) == .max)
    #expect(try schema(#"{"trained": [1, {}], "schema": "0a"}"#) == 10)
  }

  @Test func `a card without a fingerprint has none`() throws {
    #expect(try schema("{}") == 0)
    #expect(try schema("[]") == 0)
  }

  @Test(arguments: ["5", "null", #""""#, #""xyz""#, #""10000000000000000""#, #""-1""#])
  func `what is no fingerprint is refused with its place`(value: String) {
    #expect(
      problem(#"{"schema": \#(value)}"#)
        == "card.json:1:12: schema is not a hexadecimal number")
  }

  @Test func `what is no JSON is refused with its place`() {
    #expect(problem("{")?.hasPrefix("card.json:1:2: ") == true)
    #expect(problem("") != nil)
  }

  @Test func `a model without a card has no fingerprint, one with an odd card is an error`() throws
  {
    let folder = TemporaryFolder()
    #expect(try ModelCard.schema(in: folder.path) == 0)
    folder.write(#"{"schema": "7"}"#, to: "card.json")
    #expect(try ModelCard.schema(in: folder.path) == 7)
    let odd = TemporaryFolder()
    odd.makeFolder("card.json")
    #expect(throws: (any Error).self) { try ModelCard.schema(in: odd.path) }
  }
}
