import Testing

@testable import Retrieval

@Suite struct TasteTests {
  @Test func `a favourite is ahead of what was never tried, by a factor and no more`() {
    let taste = Taste([(category: 1, orders: 30), (1, 50), (2, 1), (nil, 9)])
    #expect(taste[1] > taste[2])
    #expect(taste[2] > taste[3])
    #expect(taste[1] / taste[3] < 4)
  }

  @Test func `what has no category is as what was never tried`() {
    let taste = Taste([(category: nil, orders: 9)])
    #expect(taste[nil] == taste[5])
  }
}
