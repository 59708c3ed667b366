import Storage
import TestSupport
import Testing

@testable import Inference

@Suite struct ModelCardTests {
  private func card(_ text: String) throws -> ModelCard {
    try ModelCard(parsing: Array(text.utf8))
  }

  private func problem(_ text: String) -> String? {
    do {
      _ = try card(text)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `the fingerprint is a hexadecimal number, whatever else is on the card`() throws {
    #expect(try card(#"{"schema": "ffffffffffffffff"}"#).schema == .max)
    #expect(try card(#"{"trained": [1, {}], "schema": "0a"}"#).schema == 10)
  }

  @Test func `a card without anything has nothing`() throws {
    #expect(try card("{}") == ModelCard())
    #expect(try card("[]") == ModelCard())
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

  @Test func `everything on it is read`() throws {
    let card = try card(
      """
      {"features": ["a", "b"], "author": "Ada", "trained_on": {"first_ms": 5, "last_ms": 9},
       "heads": [{"name": "click", "file": "click.txt"}, {"name": "order", "file": "order.txt"}],
       "warm_up_scores": [0.5, -1e3], "shadow": true,
       "snapshot": {"scores": {"null_rate": 0, "edges": [1], "shares": [0.25, 0.75]},
         "features": [{"name": "a", "null_rate": 0.5, "least": -1, "greatest": 2},
                      {"name": "b"}]}}
      """)
    #expect(card.features == ["a", "b"])
    #expect(card.author == "Ada")
    #expect(card.trainedOn == 5...9)
    #expect(card.heads.map(\.name) == ["click", "order"])
    #expect(card.heads.map(\.file) == ["click.txt", "order.txt"])
    #expect(card.warmUpScores == [0.5, -1_000])
    #expect(card.isShadow)
    #expect(card.snapshot?.scores.shares == [0.25, 0.75])
    #expect(card.snapshot?.features.map(\.name) == ["a", "b"])
    #expect(card.snapshot?.features[0].distribution.range == -1...2)
    #expect(card.snapshot?.features[0].distribution.nullRate == 0.5)
  }

  @Test(arguments: [
    (#"{"features": ["a", 1]}"#, "1:14: features is not an array of strings"),
    (#"{"author": 7}"#, "1:12: author is not a string"),
    (#"{"shadow": "yes"}"#, "1:12: shadow is not true or false"),
    (#"{"warm_up_scores": ["NaN"]}"#, "1:20: warm_up_scores is not an array of numbers"),
    (#"{"trained_on": {"first_ms": 9, "last_ms": 5}}"#, "1:43: last_ms is before first_ms"),
    (#"{"heads": [{"name": "a"}]}"#, "1:12: file is missing"),
    (
      #"{"heads": [{"name": "a", "file": "../x"}]}"#,
      "1:34: \"../x\" is not the name of a file beside the card"
    ),
    (
      #"{"snapshot": {"scores": {"edges": [2, 1], "shares": [0.2, 0.4, 0.4]}}}"#,
      "1:35: edges do not rise"
    ),
    (
      #"{"snapshot": {"scores": {"edges": [1], "shares": [0.2, 0.4]}}}"#,
      "1:50: shares are not one more than edges, with a sum of 1"
    ),
    (
      #"{"snapshot": {"scores": {"edges": [1, 2], "shares": [0.5, 0.5]}}}"#,
      "1:53: shares are not one more than edges, with a sum of 1"
    ),
    (#"{"snapshot": {"scores": {"null_rate": 1.5}}}"#, "1:39: null_rate is not in 0...1"),
    (
      #"{"snapshot": {"scores": {"least": 2, "greatest": 1}}}"#,
      "1:50: greatest is below least"
    ),
  ])
  func `what it should not say is refused with its place`(text: String, expected: String) {
    #expect(problem(text) == "card.json:\(expected)")
  }

  @Test func `more heads than can be scored are refused`() {
    let heads = Array(repeating: #"{"name": "a", "file": "b"}"#, count: ModelCard.headsMax + 1)
    #expect(
      problem(#"{"heads": [\#(heads.joined(separator: ","))]}"#)
        == "card.json:1:11: heads has 17 elements, the limit is 16")
  }

  @Test func `a folder without a card has an empty one, an odd card is an error`() throws {
    let folder = TemporaryFolder()
    #expect(try ModelCard.read(in: folder.path) == ModelCard())
    folder.write(#"{"schema": "7"}"#, to: "card.json")
    #expect(try ModelCard.read(in: folder.path).schema == 7)
    let odd = TemporaryFolder()
    odd.makeFolder("card.json")
    #expect(throws: (any Error).self) { try ModelCard.read(in: odd.path) }
  }

  @Test func `cut or flipped bytes of a card are an error or a card, never a trap`() throws {
    let path = "\(Checkout.root)/deploy/models/browse/1/card.json"
    let text = try DiskFile.read(path, limitBytes: ModelCard.bytesMax)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      var bytes = text
      for _ in 0..<3 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      _ = try? ModelCard(parsing: Array(bytes.prefix(.random(in: 0...bytes.count, using: &random))))
    }
  }
}
