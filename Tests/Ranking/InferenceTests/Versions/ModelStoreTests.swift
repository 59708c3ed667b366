internal import Inference
internal import Testing

struct ModelStoreTests {
  private func store(_ references: [(String, String)], defaultName: String? = nil) throws
    -> ModelStore
  {
    let models = try references.map { name, version in
      try SampleModel.load(SampleModel.mixed, name: name, version: version)
    }
    return ModelStore(models, defaultName: defaultName)
  }

  @Test func `a name means its highest version, compared as numbers`() throws {
    let store = try store([("taste", "9"), ("taste", "10"), ("taste", "2")])
    #expect(try store.model("taste").version == "10")
    #expect(try store.model("taste/9").version == "9")
    #expect(store.models.map(\.version) == ["2", "9", "10"])
  }

  @Test func `words rank below numbers, and numbers may be of any length`() throws {
    let long = String(repeating: "9", count: 40)
    let versions = ["experiment", "2a", "7", "007", "10", long, "1\(long)"]
    let expected = ["2a", "experiment", "007", "7", "10", long, "1\(long)"]
    let forward = try store(versions.map { ("m", $0) })
    #expect(forward.models.map(\.version) == expected)
    let backward = try store(versions.reversed().map { ("m", $0) })
    #expect(backward.models.map(\.version) == expected)
  }

  @Test func `an empty reference is the default name's highest version`() throws {
    #expect(try store([("taste", "1"), ("taste", "2")]).model("").reference == "taste/2")
    let two = try store([("light", "5"), ("taste", "1")], defaultName: "taste")
    #expect(try two.model("").reference == "taste/1")
    #expect(two.names == ["light", "taste"])
  }

  @Test func `an empty reference among several names is refused with the names`() throws {
    let store = try store([("taste", "1"), ("light", "1")])
    #expect(throws: ModelLookupError.ambiguousDefault(names: ["light", "taste"])) {
      try store.model("")
    }
  }

  @Test func `an empty store says so`() throws {
    let store = ModelStore([])
    #expect(throws: ModelLookupError.noModels) { try store.model("taste") }
  }

  @Test func `a default name that is not loaded is named`() throws {
    let store = try store([("taste", "1")], defaultName: "gone")
    #expect(throws: ModelLookupError.unknownName("gone", names: ["taste"])) { try store.model("") }
  }

  @Test func `unknown names and versions are answered with the known ones`() throws {
    let store = try store([("taste", "1"), ("taste", "2")])
    #expect(throws: ModelLookupError.unknownName("tast", names: ["taste"])) {
      try store.model("tast/1")
    }
    for version in ["3", "", "1/2", "01"] {
      #expect(
        throws: ModelLookupError.unknownVersion(version, name: "taste", versions: ["1", "2"])
      ) {
        try store.model("taste/\(version)")
      }
    }
    #expect(throws: ModelLookupError.unknownName("", names: ["taste"])) { try store.model("/1") }
  }
}
