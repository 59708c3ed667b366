internal import Glibc
internal import RPC

/// How long a handler takes: a floor and an exponential tail, and now and then much longer, as real
/// services do.
package struct ServiceTime: Sendable {
  package var floorMilliseconds = 2.0
  package var tailMilliseconds = 3.0
  /// Share of requests that take `hiccupFactor` times as long.
  package var hiccupShare = 0.02
  package var hiccupFactor = 8.0

  package init() {}

  package var meanMilliseconds: Double {
    (floorMilliseconds + tailMilliseconds) * (1 + hiccupShare * (hiccupFactor - 1))
  }

  func sampleNanoseconds(_ random: inout PolicyRandom) -> Int64 {
    var time = floorMilliseconds + random.exponential(mean: tailMilliseconds)
    if random.unit() < hiccupShare { time *= hiccupFactor }
    return Int64(time * 1_000_000)
  }
}

extension PolicyRandom {
  mutating func exponential(mean: Double) -> Double { -mean * log(1 - unit()) }
}
