import TestSupport
import Testing

@testable import Telemetry

@Suite struct MovingQuantileTests {
  @Test func `nothing is said until enough was recorded`() {
    var quantile = MovingQuantile(0.99, leastCount: 100)
    for _ in 0..<99 { quantile.record(5) }
    #expect(quantile.value == nil)
    quantile.record(5)
    #expect(quantile.value == 5)
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `it is at most a sixty-fourth above the true quantile, and never below it`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var quantile = MovingQuantile(0.99, memory: 100_000)
    var values: [UInt64] = []
    for _ in 0..<6_400 {
      let value = UInt64(1) << UInt64.random(in: 0...20, using: &random)
      values.append(value + .random(in: 0..<value, using: &random))
      quantile.record(values.last!)
    }
    values.sort()
    let exact = values[values.count - 1 - Int(0.01 * Double(values.count))]
    let told = quantile.value ?? 0
    #expect(told >= exact && Double(told) <= Double(exact) * 65 / 64, "seed \(seed)")
  }

  @Test func `what came long ago is forgotten`() {
    var quantile = MovingQuantile(0.5, memory: 100)
    for _ in 0..<2_000 { quantile.record(1_000) }
    #expect(quantile.value.map { $0 >= 1_000 } == true)
    for _ in 0..<2_000 { quantile.record(10) }
    #expect(quantile.value == 10)
  }

  @Test func `the whole range of values has its place`() {
    var quantile = MovingQuantile(1, leastCount: 1)
    for value in [UInt64(0), 1, .max - 1, .max] { quantile.record(value) }
    var greatest = MovingQuantile(1, leastCount: 1)
    greatest.record(.max)
    #expect(greatest.value == .max)
  }
}
