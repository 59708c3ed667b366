import TestSupport
import Testing

@testable import Inference

struct ThresholdSearchTests {
  /// Goes down the levels as the kernels do.
  private func rank(of value: Float, in search: ThresholdSearch, _ levels: [Int]) -> Int {
    levels.reduce(0) { rank, level in
      let start = level + rank * 16
      return rank * 16 + search.values[start..<(start + 16)].filter { $0 < value }.count
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 255, 256, 257, 1_000, 4_096, 5_000])
  func `a value's rank is the number of thresholds below it`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let thresholds = Set((0..<count).map { _ in Float.random(in: -1...1, using: &generator) })
    let rising = thresholds.sorted()
    var search = ThresholdSearch()
    _ = search.add([0.5])
    let levels = search.add(rising)
    for value in rising.prefix(300) + [-2, 2, 0, .infinity, -.infinity] {
      let expected = rising.filter { $0 < value }.count
      #expect(rank(of: value, in: search, levels) == expected, "seed \(count), \(value)")
    }
  }

  @Test(
    arguments: zip(
      [0.1, -0.1, 0.5, 1e300, -1e300, .infinity, -.infinity, 1e-50],
      [
        Float(0.1).nextDown, Float(-0.1), 0.5, .greatestFiniteMagnitude, -.infinity, .infinity,
        -.infinity, 0,
      ]))
  func `a threshold becomes the largest float32 that is at most it`(number: Double, float: Float) {
    #expect(ThresholdSearch.roundedDown(number) == float)
    #expect(Double(ThresholdSearch.roundedDown(number)) <= number)
  }
}
