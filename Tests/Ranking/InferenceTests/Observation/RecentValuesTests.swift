import Testing

@testable import Inference

@Suite struct RecentValuesTests {
  @Test func `quantiles are of the last values only`() {
    var values = RecentValues(capacity: 100)
    #expect(values.isEmpty)
    #expect(values.quantiles([0.5]) == [])
    for value in 0..<250 { values.append(Double(value)) }
    #expect(values.quantiles([0, 0.1, 0.5, 1]) == [150, 160, 200, 249])
    #expect(values.mean == 199.5)
  }

  @Test func `a share is spread evenly`() {
    func taken(_ amount: Double) -> [Int] {
      var share = Share(amount)
      return (1...8).filter { _ in share.takesNext() }
    }
    #expect(taken(0.25) == [4, 8])
    #expect(taken(1) == Array(1...8))
    #expect(taken(0) == [])
  }
}
