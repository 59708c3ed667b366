import Inference
import Testing

@Suite struct FeatureDifferenceTests {
  private func difference(_ found: [String], _ expected: [String]) -> String? {
    FeatureDifference(found: found, expected: expected)?.description
  }

  @Test func `equal lists do not differ`() {
    #expect(difference(["a", "b"], ["a", "b"]) == nil)
    #expect(difference([], []) == nil)
  }

  @Test func `the first difference is named with its column`() {
    #expect(difference(["a", "x", "y"], ["a", "b", "c"]) == "column 2 is x, not b")
    #expect(difference(["a", "b"], ["a"]) == "column 2, b, is one too many")
    #expect(difference(["a"], ["a", "b", "c"]) == "column 2, b, is missing")
    #expect(difference(["b", "a"], ["a", "b"]) == "column 1 is b, not a")
  }
}
