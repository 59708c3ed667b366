import Testing

@testable import Commands

struct MedianTests {
  @Test func `half lies on either side`() {
    #expect([Double]().median == 0)
    #expect([3.0].median == 3)
    #expect([9.0, 1].median == 5)
    #expect([7.0, 1, 2].median == 2)
    #expect([4.0, 1, 3, 2].median == 2.5)
  }
}
