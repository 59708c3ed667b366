import Testing

@testable import Gateway

@Suite struct HeadWeightsTests {
  private let scores = [1.0, 10, 100, 2, 20, 200]
  private let names = ["click", "order", "rating"]

  private func blend(_ text: String, names: [String]? = nil) -> (scores: [Double], missing: String?)
  {
    HeadWeights(text)!.blended(scores, heads: 3, names: names ?? self.names)
  }

  @Test func `one head, another, or a weighted sum orders the list`() {
    #expect(blend("").scores == [1, 2])
    #expect(blend("order").scores == [10, 20])
    #expect(blend("order=2").scores == [20, 40])
    #expect(blend("click=1, rating=-0.5").scores == [-49, -98])
    #expect(blend("rating").missing == nil)
  }

  @Test func `one that is not there leaves it to the first, and is named`() {
    let blended = blend("click=1,share=2")
    #expect(blended.scores == [1, 2] && blended.missing == "share")
    #expect(blend("order", names: []).missing == "order")
    #expect(blend("", names: []).missing == nil)
    // Names beyond the heads are another server's mistake.
    #expect(
      HeadWeights("rating")!.blended([1, 2], heads: 1, names: names).missing == "rating")
  }

  @Test(arguments: [
    "=1", "a=", "a=x", "a=nan", "a=0", "a,b", "a=1,", "a=1,a=2", "a=1=2", ",",
    (0...16).map { "h\($0)=1" }.joined(separator: ","),
  ])
  func `what says nothing clear is refused`(text: String) {
    #expect(HeadWeights(text) == nil)
  }

  @Test func `it is shown as it is written`() {
    #expect(HeadWeights("order")?.description == "order")
    #expect(HeadWeights("a=1,b=0.5")?.description == "a=1.0,b=0.5")
    #expect(HeadWeights.first.description.isEmpty)
  }
}
