import TestSupport
import Testing

@testable import Gateway

@Suite struct BackoffTests {
  @Test func `waits double from 100 ms to 5 s, each by chance down to its half`() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<100 {
      var backoff = Backoff()
      for most in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] as [Int64] {
        let wait = backoff.failed(random: &random)
        #expect((max(100, most / 2)...most).contains(wait), "seed 3: \(wait) of \(most)")
      }
    }
  }

  @Test func `gateways that fail at once do not come back at once`() {
    var random = SeededGenerator(seed: 4)
    let waits = (0..<100).map { _ in
      var backoff = Backoff()
      for _ in 0..<6 { _ = backoff.failed(random: &random) }
      return backoff.failed(random: &random)
    }
    #expect(Set(waits).count > 50)
  }

  @Test func `a success begins anew`() {
    var random = SeededGenerator(seed: 5)
    var backoff = Backoff()
    for _ in 0..<6 { _ = backoff.failed(random: &random) }
    backoff.reset()
    #expect(backoff == Backoff())
    #expect(backoff.failed(random: &random) == 100)
  }
}
