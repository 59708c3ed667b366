internal import Glibc

/// Seeds that every scenario is run with; `BRIGADE_SEEDS` asks for more of them. Debug builds, which
/// take many times as long, do with fewer.
let simulationSeeds: [UInt64] = {
  #if DEBUG
    let standard = 2
  #else
    let standard = 20
  #endif
  let count = getenv("BRIGADE_SEEDS").flatMap { Int(String(cString: $0)) } ?? standard
  return (0..<max(1, count)).map { UInt64($0) &* 7_919 &+ 1 }
}()
