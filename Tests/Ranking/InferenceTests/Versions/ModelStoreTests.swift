internal import Inference
internal import Testing

struct ModelStoreTests {
  private func store(
    _ references: [(String, String)], defaultName: String? = nil, shadow: String = ""
  ) throws -> ModelStore {
    let versions = try references.map { try SampleVersion.load($0, $1) }
    return ModelStore(versions, defaultName: defaultName, shadow: shadow)
  }

  @Test func `a name means its highest version, compared as numbers`() throws {
    let store = try store([("taste", "9"), ("taste", "10"), ("taste", "2")])
    #expect(try store.version("taste").version == "10")
    #expect(try store.version("taste/9").version == "9")
    #expect(store.versions.map(\.version) == ["2", "9", "10"])
  }

  @Test func `words rank below numbers, and numbers may be of any length`() throws {
    let long = String(repeating: "9", count: 40)
    let versions = ["experiment", "2a", "7", "007", "10", long, "1\(long)"]
    let expected = ["2a", "experiment", "007", "7", "10", long, "1\(long)"]
    let forward = try store(versions.map { ("m", $0) })
    #expect(forward.versions.map(\.version) == expected)
    let backward = try store(versions.reversed().map { ("m", $0) })
    #expect(backward.versions.map(\.version) == expected)
  }

  @Test func `an empty reference is the default name's highest version`() throws {
    #expect(try store([("taste", "1"), ("taste", "2")]).version("").reference == "taste/2")
    let two = try store([("light", "5"), ("taste", "1")], defaultName: "taste")
    #expect(try two.version("").reference == "taste/1")
    #expect(two.names == ["light", "taste"])
  }

  @Test func `rows go to the highest version that was trained on their kind`() throws {
    let store = ModelStore([
      try SampleVersion.load("m", "1", schema: 0xA), try SampleVersion.load("m", "2", schema: 0xB),
      try SampleVersion.load("m", "3", text: SampleModel.constant([1], objective: nil)),
    ])
    #expect(try store.version("m", schema: 0xA, columns: 3).version == "1")
    #expect(try store.version("", schema: 0xB, columns: 3).version == "2")
    #expect(try store.version("m", schema: 0, columns: 3).version == "2")
    #expect(try store.version("m", schema: 0xA, columns: 1).version == "3")
    // None takes them: the highest is to say why.
    #expect(try store.version("m", schema: 0xC, columns: 7).version == "3")
    // Who names a version gets it.
    #expect(try store.version("m/2", schema: 0xA, columns: 3).version == "2")
  }

  @Test func `a shadow answers only who names it`() throws {
    let store = try store([("m", "1"), ("m", "2"), ("n", "1")], defaultName: "m", shadow: "m/2")
    #expect(try store.version("").reference == "m/1")
    #expect(try store.version("m/2").reference == "m/2")
    #expect(store.shadow(of: "m")?.reference == "m/2")
    #expect(store.shadow(of: "n") == nil)
    #expect(store.shadow(of: "gone") == nil)
  }

  @Test func `a card makes a shadow, unless there is nothing else`() throws {
    let marked = try SampleVersion.load("m", "2", isShadow: true)
    let alone = ModelStore([marked])
    #expect(try alone.version("").reference == "m/2")
    #expect(alone.shadow(of: "m") == nil)
    let beside = ModelStore([marked, try SampleVersion.load("m", "1")])
    #expect(try beside.version("").reference == "m/1")
    #expect(beside.shadow(of: "m")?.reference == "m/2")
  }

  @Test func `an empty reference among several names is refused with the names`() throws {
    let store = try store([("taste", "1"), ("light", "1")])
    #expect(throws: ModelLookupError.ambiguousDefault(names: ["light", "taste"])) {
      try store.version("")
    }
  }

  @Test func `callers are told of every version, what it was trained on, and the default`() throws {
    let store = ModelStore(
      [
        try SampleVersion.load("taste", "2", schema: 0xA1), try SampleVersion.load("taste", "1"),
        try SampleVersion.load("taste", "3", schema: 0xA1, isShadow: true),
        try SampleVersion.load("other", "1"),
      ], defaultName: "taste", shadow: "other/1")
    // A name with nothing but a shadow is served by that.
    #expect(
      store.tags == [
        "model:other/1", "model:taste/1", "model:taste/2 features:a1", "shadow:taste/3 features:a1",
        "default:taste",
      ])
    #expect(ModelStore([]).tags.isEmpty)
  }

  @Test func `an empty store says so`() throws {
    #expect(throws: ModelLookupError.noModels) { try ModelStore([]).version("taste") }
  }

  @Test func `a default name that is not loaded is named`() throws {
    let store = try store([("taste", "1")], defaultName: "gone")
    #expect(throws: ModelLookupError.unknownName("gone", names: ["taste"])) {
      try store.version("")
    }
  }

  @Test func `unknown names and versions are answered with the known ones`() throws {
    let store = try store([("taste", "1"), ("taste", "2")])
    #expect(throws: ModelLookupError.unknownName("tast", names: ["taste"])) {
      try store.version("tast/1")
    }
    for version in ["3", "", "1/2", "01"] {
      #expect(
        throws: ModelLookupError.unknownVersion(version, name: "taste", versions: ["1", "2"])
      ) {
        try store.version("taste/\(version)")
      }
    }
    #expect(throws: ModelLookupError.unknownName("", names: ["taste"])) {
      try store.version("/1")
    }
  }
}
