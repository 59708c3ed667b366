import Testing

@testable import Features

@Suite struct HourKernelTests {
  @Test(arguments: 0...HourKernel.hoursAroundMax)
  func `weights fall with the hours and sum to one over both sides`(hours: Int) {
    let weights = HourKernel(hoursAround: hours).weights
    #expect(weights.count == hours + 1)
    #expect(zip(weights, weights.dropFirst()).allSatisfy(>))
    let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    #expect(abs(sum - 1) < 1e-12)
  }

  @Test func `hours go around midnight`() {
    #expect(HourKernel.hour(23, plus: 1) == 0)
    #expect(HourKernel.hour(0, plus: -6) == 18)
    #expect(HourKernel.hour(12, plus: 0) == 12)
  }
}
