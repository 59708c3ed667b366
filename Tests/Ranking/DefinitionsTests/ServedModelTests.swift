import Definitions
import Testing

@Suite struct ServedModelTests {
  @Test(arguments: [
    (ServedModel(name: "browse", version: "3", schema: 0), "model:browse/3"),
    (ServedModel(name: "browse", version: "3", schema: 0xa1b), "model:browse/3 features:a1b"),
    (
      ServedModel(name: "a b", version: "x y", schema: .max, isShadow: true),
      "shadow:a b/x y features:ffffffffffffffff"
    ),
  ])
  func `a version is told by a tag and read from it`(model: ServedModel, tag: String) {
    #expect(model.tag == tag)
    #expect(ServedModel(tag: tag) == model)
  }

  @Test(arguments: [
    "", "model", "model:", "model:browse", "model:/1", "model:browse/", "model:a/b/c", "other:a/1",
    "features:a1b", "default:browse",
  ])
  func `what is no version is none`(tag: String) {
    #expect(ServedModel(tag: tag) == nil)
  }

  @Test func `a feature set is told by its fingerprint, which is never zero`() {
    #expect(ServedFeatures(schema: 0xa1b).tag == "features:a1b")
    #expect(ServedFeatures(tag: "features:a1b") == ServedFeatures(schema: 0xa1b))
    for tag in ["features:", "features:0", "features:xyz", "a1b", "features:10000000000000000"] {
      #expect(ServedFeatures(tag: tag) == nil, "\(tag)")
    }
    #expect(ServedFeatures.nameTag("visits", version: 2) == "feature_set:visits/2")
    #expect(ServedFeatures.name(tag: "feature_set:visits/2") == "visits/2")
    #expect(ServedFeatures.name(tag: "features:1") == nil)
  }

  @Test func `the default is told by name`() {
    #expect(ServedModel.defaultName(tag: ServedModel.defaultTag("browse")) == "browse")
    #expect(ServedModel.defaultName(tag: "model:browse/1") == nil)
  }
}
