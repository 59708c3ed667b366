import Testing

@testable internal import RPC

@Suite struct ServedTagsTests {
  @Test func `tags are compared by what they say, in whatever order they came`() throws {
    let tags = try #require(ServedTags(["model:b/2", "model:a/1"]))
    #expect(tags == ServedTags(["model:a/1", "model:b/2"]))
    #expect(tags.contains(ServedTag("model:a/1")) && tags.contains(ServedTag("model:b/2")))
    #expect(!tags.contains(ServedTag("model:a/2")) && !tags.contains(ServedTag("")))
    #expect("\(tags)" == "model:a/1, model:b/2")
  }

  @Test func `too many, too long and none say nothing`() {
    #expect(ServedTags([]) == nil && ServedTags(["a", ""]) == nil)
    let most = (0..<64).map { "tag \($0)" }
    #expect(ServedTags(most) != nil && ServedTags(most + ["one more"]) == nil)
    let long = String(repeating: "é", count: 2_048)
    #expect(ServedTags([long]) != nil && ServedTags([long, "a"]) == nil)
  }

  @Test func `no tag is that of calls which need none, and versions don't collide`() {
    let hashes = (0..<20_000).map { ServedTag("model:browse/\($0) features:\($0 * 31)").hash }
    #expect(!hashes.contains(0) && Set(hashes).count == hashes.count)
  }
}
