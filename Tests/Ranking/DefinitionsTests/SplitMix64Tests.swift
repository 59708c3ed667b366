import Definitions
import Testing

@Suite struct SplitMix64Tests {
  @Test func `the numbers are those of the reference implementation`() {
    // Of splitmix64.c by Vigna (prng.di.unimi.it) for the seed 1234567, as often quoted.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in generator.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
