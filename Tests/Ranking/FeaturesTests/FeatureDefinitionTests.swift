import Definitions
import Messages
import Testing

@testable import Features

@Suite struct FeatureDefinitionTests {
  private func problems(_ text: String) -> [String] {
    do {
      _ = try FeatureDefinition(parsing: Array(text.utf8), file: "features.json")
      return []
    } catch {
      return error.problems
    }
  }

  private func problems(ofFeature parts: String) -> [String] {
    problems("{\"name\": \"t\", \"version\": 1, \"features\": [\n{\(parts)}]}")
  }

  private func fingerprint(_ entries: String...) throws -> UInt64 {
    try FeatureDefinition.made(of: entries).fingerprint
  }

  @Test func `a feature reads with all its parts`() throws {
    let text = """
      {"name": "browse", "version": 3, "features": [
        {"name": "clicks", "entity": "user_item", "kind": "window", "event": "click", "window": "7d",
         "aggregate": "rate", "per": "impression", "default": -1.5, "owner": "ranking",
         "freshness": "stream", "description": "taken of those shown"}]}
      """
    let definition = try FeatureDefinition(parsing: Array(text.utf8), file: "f")
    #expect(definition.name == "browse")
    #expect(definition.version == 3)
    #expect(definition.columnNames == ["clicks"])
    #expect(
      definition.features == [
        Feature(
          name: "clicks", entity: .userItem,
          computation: .window(
            event: .click, window: .milliseconds(7 * 86_400_000),
            aggregate: .rate(per: .impression)), missing: -1.5, owner: "ranking",
          freshness: "stream", description: "taken of those shown")
      ])
  }

  @Test func `without a default, or with null, what is missing is NaN`() throws {
    let definition = try FeatureDefinition.made(of: [
      #""entity": "item", "kind": "attribute", "column": "price""#,
      #""entity": "item", "kind": "attribute", "column": "price", "default": null"#,
    ])
    #expect(definition.features.allSatisfy { $0.missing.isNaN })
  }

  @Test func `every problem is reported, at its place and in the order of the file`() {
    let text = """
      {"name": 7, "features": [
        {"name": "Price", "entity": "item", "kind": "attribute", "colum": "price"},
        {"name": "a", "entity": "itme", "kind": "windw"},
        {"name": "b", "entity": "item", "kind": "window", "event": "oder", "window": "7", "aggregate": "count"},
        {"name": "b", "entity": "item", "kind": "decay", "event": "order", "half_life": "all"},
        3
      ], "extra": 1}
      """
    #expect(
      problems(text) == [
        "features.json:1:1: the definition needs \"version\"",
        "features.json:1:10: \"name\" is a string, not a number",
        "features.json:2:3: a feature needs \"column\"",
        "features.json:2:12: a feature's \"name\" is a letter a-z and then up to 63 of a-z, 0-9 and _",
        "features.json:2:60: unknown key \"colum\"; did you mean \"column\"?",
        "features.json:3:27: unknown entity \"itme\"; did you mean \"item\"?",
        "features.json:3:43: unknown kind \"windw\"; did you mean \"window\"?",
        "features.json:4:62: unknown event \"oder\"; did you mean \"order\"?",
        "features.json:4:80: \"window\" is a whole number of s, m, h or d, such as \"24h\" or \"7d\", or \"all\"",
        "features.json:5:83: \"half_life\" is a whole number of s, m, h or d, such as \"24h\" or \"7d\"",
        "features.json:6:3: a feature is an object, not a number",
        "features.json:7:4: unknown key \"extra\"",
      ])
  }

  @Test func `a text that is no JSON names the place`() {
    #expect(problems("{\"name\":\n \"a\" 3}").first?.hasPrefix("features.json:2:6: ") == true)
    #expect(problems("[]") == ["features.json:1:1: the definition is an object, not an array"])
  }

  @Test func `two features of one name are refused`() {
    let feature = #"{"name": "a", "entity": "item", "kind": "attribute", "column": "price"}"#
    #expect(
      problems("{\"name\": \"t\", \"version\": 1, \"features\": [\n\(feature),\n\(feature)]}")
        == ["features.json:3:1: the name \"a\" stands twice, first at 2:1"])
  }

  @Test(arguments: [
    (
      #""entity": "user", "kind": "attribute", "column": "price""#,
      "2:25: an attribute is of entity item, not user"
    ),
    (
      #""entity": "item", "kind": "window", "event": "order", "window": "all", "aggregate": "distinct_items""#,
      "2:25: distinct_items is of entity user, not item"
    ),
    (
      #""entity": "user", "kind": "cross", "function": "share", "event": "order", "window": "all""#,
      "2:25: share is of entity user_item, user_category, item_hour, category_hour, user_item_hour, user_hour, user_place, user_place_item, place_item, not user"
    ),
    (
      #""entity": "item", "kind": "window", "event": "order", "window": "all", "aggregate": "count", "column": "price""#,
      "2:108: \"column\" is no parameter of this aggregate"
    ),
    (
      #""entity": "user_item", "kind": "cross", "function": "home_distance_kilometres", "window": "7d""#,
      "2:95: \"window\" is no parameter of this function"
    ),
    (
      #""entity": "item", "kind": "request", "function": "local_huor""#,
      "2:64: unknown function \"local_huor\"; did you mean \"local_hour\"?"
    ),
    (
      #""entity": "item", "kind": "attribute", "column": "colour""#,
      "2:64: unknown column \"colour\"; it is one of price, rating, ratings, age_days, category_code, latitude, longitude, density"
    ),
    (
      #""entity": "item", "kind": "window", "event": "order", "window": "all", "aggregate": "count", "hours_around": 2"#,
      "2:25: what has \"hours_around\" is of entity item_hour, category_hour, user_item_hour, user_hour, not item"
    ),
    (
      #""entity": "item_hour", "kind": "window", "event": "order", "window": "all", "aggregate": "mean", "hours_around": 2"#,
      "2:112: \"hours_around\" is no parameter of this aggregate"
    ),
    (
      #""entity": "item_hour", "kind": "window", "event": "order", "window": "all", "aggregate": "count", "hours_around": 7"#,
      "2:129: \"hours_around\" is a whole number from 1 to 6"
    ),
    (
      #""entity": "user_item_hour", "kind": "cross", "function": "share", "event": "order", "window": "all", "of": "user""#,
      "2:122: unknown of \"user\"; it is one of user_item, user_hour"
    ),
    (
      #""entity": "user_item", "kind": "cross", "function": "share", "event": "order", "window": "all", "column": "price""#,
      "2:121: unknown column \"price\"; it is one of first"
    ),
    (
      #""entity": "item", "kind": "cross", "function": "haunts_pull", "event": "order", "window": "all""#,
      "2:25: haunts_pull is of entity user_item, not item"
    ),
    (
      #""entity": "user_item", "kind": "cross", "function": "haunts_pull", "event": "order", "window": "all", "of": "user""#,
      "2:117: \"of\" is no parameter of this function"
    ),
    (
      #""entity": "item", "kind": "among", "function": "share", "of": "a""#,
      "2:77: no feature above is called \"a\""
    ),
    (
      #""entity": "item", "kind": "product", "factors": []"#,
      "2:1: a product has one factor at least"
    ),
    (
      #""entity": "item", "kind": "attribute", "column": "price", "default": 1e39"#,
      "2:84: \"default\" is a number within the range of a 32-bit float, or null"
    ),
    (
      #""entity": "item", "kind": "decay", "event": "order", "half_life": "1d", "aggregate": "count""#,
      "2:87: unknown key \"aggregate\""
    ),
  ])
  func `what has no meaning together is refused`(parts: String, problem: String) {
    #expect(problems(ofFeature: "\"name\": \"a\", " + parts) == ["features.json:" + problem])
  }

  @Test func `no features and too many are refused`() {
    #expect(
      problems(#"{"name": "t", "version": 1, "features": []}"#)
        == ["features.json:1:1: \"features\" has 0 entries; 1 to 512 are possible"])
    let many = Array(repeating: "0", count: 513).joined(separator: ",")
    #expect(
      problems("{\"name\": \"t\", \"version\": 1, \"features\": [\(many)]}")
        == ["features.json:1:1: \"features\" has 513 entries; 1 to 512 are possible"])
  }

  @Test func `the fingerprint ignores spelling, file and people`() throws {
    let plain =
      #""entity": "item", "kind": "window", "event": "order", "window": "24h", "aggregate": "sum""#
    let other =
      #""kind": "window", "window": "1d", "aggregate": "sum", "column": "value", "event": "order", "entity": "item", "owner": "me", "description": "x", "freshness": "y", "default": null"#
    #expect(try fingerprint(plain) == fingerprint(other))
    let features = try FeatureDefinition.made(of: [plain]).features
    let renamed = FeatureDefinition(name: "another", version: 9, features: features)
    #expect(try renamed.fingerprint == fingerprint(plain))
  }

  @Test func `the fingerprint tells apart whatever changes a number`() throws {
    let definition = try FeatureDefinition.ofEverything()
    var seen: Set<UInt64> = [definition.fingerprint]
    for feature in definition.features {
      var named = feature
      named.name = "same"
      let alone = FeatureDefinition(name: "t", version: 1, features: [named])
      seen.insert(alone.fingerprint)
      named.missing = 0.25
      seen.insert(FeatureDefinition(name: "t", version: 1, features: [named]).fingerprint)
      named.name = "other"
      seen.insert(FeatureDefinition(name: "t", version: 1, features: [named]).fingerprint)
    }
    #expect(seen.count == 1 + 3 * definition.features.count)
    let swapped = FeatureDefinition(
      name: "t", version: 1, features: definition.features.reversed())
    #expect(swapped.fingerprint != definition.fingerprint)
  }

  @Test func `what other columns are made of tells definitions apart`() throws {
    let price = #""entity": "item", "kind": "attribute", "column": "price""#
    let among = #""entity": "item", "kind": "among", "of": "f0", "function": "#
    let product = #""entity": "item", "kind": "product", "factors": [{"of": "f0""#
    let variants = [
      among + #""share""#, among + #""most""#, among + #""share", "unless": "f0""#,
      product + "}]", product + #", "plus": 1}]"#, product + #", "power": 2}]"#,
      product + #", "missing": 2}]"#, product + #"}, {"of": "f0"}]"#,
    ]
    #expect(Set(try variants.map { try fingerprint(price, $0) }).count == variants.count)
  }

  @Test func `the usual whole may be left out, and is the same`() throws {
    let share =
      #""entity": "user_item_hour", "kind": "cross", "function": "share", "event": "order", "window": "all""#
    #expect(try fingerprint(share) == fingerprint(share + #", "of": "user_item""#))
    #expect(try fingerprint(share) != fingerprint(share + #", "of": "user_hour""#))
  }

  @Test func `a fingerprint stays what it was when models were trained`() throws {
    let price = #""entity": "item", "kind": "attribute", "column": "price""#
    #expect(try String(fingerprint(price), radix: 16) == "4e03d5fa94706317")
  }

  @Test(arguments: 0..<300) func `random damage to a definition never traps`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var bytes = Array(
      #"{"name":"t","version":1,"features":[{"name":"a","entity":"item","kind":"window","event":"order","window":"24h","aggregate":"sum","column":"price","default":1}]}"#
        .utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
        in: 0x20...0x7E, using: &generator)
    }
    do {
      let definition = try FeatureDefinition(parsing: bytes, file: "f")
      #expect(definition.features.count == 1, "seed \(seed)")
    } catch {
      #expect(error.problems.allSatisfy { $0.hasPrefix("f:1:") }, "seed \(seed)")
      #expect(!error.problems.isEmpty, "seed \(seed)")
    }
  }
}
