internal import Glibc
internal import TestSupport

/// Seeds that every scenario is run with; `BRIGADE_SEEDS` asks for more of them.
let simulationSeeds: [UInt64] = {
  let count = getenv("BRIGADE_SEEDS").flatMap { Int(String(cString: $0)) } ?? 5
  return (0..<max(1, count)).map { UInt64($0) &* 7_919 &+ 1 }
}()

extension SeededGenerator {
  /// Exponentially distributed.
  mutating func exponential(mean: Double) -> Double {
    -mean * log(1 - Double.random(in: 0..<1, using: &self))
  }
}
