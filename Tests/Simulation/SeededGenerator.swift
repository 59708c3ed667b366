internal import Glibc

/// SplitMix64: a run is repeated by its seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Exponentially distributed.
  mutating func exponential(mean: Double) -> Double {
    -mean * log(1 - Double.random(in: 0..<1, using: &self))
  }
}

/// Seeds that every scenario is run with; `BRIGADE_SEEDS` asks for more of them.
let simulationSeeds: [UInt64] = {
  let count = getenv("BRIGADE_SEEDS").flatMap { Int(String(cString: $0)) } ?? 5
  return (0..<max(1, count)).map { UInt64($0) &* 7_919 &+ 1 }
}()
