import FuzzTargets
import Glibc
import TestSupport
import Testing

/// Readers of untrusted bytes under mutated inputs. `BRIGADE_FUZZ_SECONDS` is the time for each;
/// `BRIGADE_FUZZ_SEED` another search. One at a time: they measure the process's memory.
@Suite(.serialized) struct FuzzTests {
  private static let seconds = number("BRIGADE_FUZZ_SECONDS") ?? 0.5
  private static let seed = UInt64(number("BRIGADE_FUZZ_SEED") ?? 20_251_003)

  private static func number(_ variable: String) -> Double? {
    getenv(variable).flatMap { Double(String(cString: $0)) }
  }

  @Test(arguments: FuzzTarget.all)
  func `no input breaks a reader or makes it slow or large`(target: FuzzTarget) throws {
    let run = try FuzzRun(target, seed: Self.seed, seconds: Self.seconds)
    print(run)
    #expect(run.growthBytes < FuzzRun.growthBytesMax, "\(run)")
    // Both ends of the reader have to be reached for the run to say anything.
    #expect(run.accepted > 0 && run.accepted < run.inputs, "\(run)")
  }

  /// What once broke a reader, by the reader's name.
  @Test func `inputs that have broken a reader do so no more`() throws {
    for target in FuzzTarget.all {
      for input in Regressions.inputs[target.name] ?? [] {
        #expect(throws: Never.self, "\(target): \(input)") { try target.run(input) }
      }
    }
    let names = Set(FuzzTarget.all.map(\.name))
    #expect(names.isSuperset(of: Regressions.inputs.keys))
    #expect(names.count == FuzzTarget.all.count)
  }

  @Test(arguments: FuzzTarget.all)
  func `every reader has a seed that it accepts`(target: FuzzTarget) throws {
    let outcomes = try target.seeds.map { try target.run($0) }
    #expect(outcomes.contains(.accepted))
    #expect(target.seeds.allSatisfy { $0.count <= FuzzTarget.inputBytesMax })
  }
}

@Suite struct MutatorTests {
  @Test func `the same seed gives the same inputs, and another seed others`() {
    func inputs(_ seed: UInt64) -> [[UInt8]] {
      var mutator = Mutator(seed: seed, dictionary: [Array("word".utf8)])
      return (0..<200).map { _ in mutator.next(from: [Array("some 12 bytes".utf8), [1, 2]]) }
    }
    #expect(inputs(1) == inputs(1))
    #expect(inputs(1) != inputs(2))
  }

  @Test func `inputs differ, grow, shrink and hold words`() {
    var mutator = Mutator(seed: 1, dictionary: [Array("word".utf8)])
    let origin = Array("some 12 bytes".utf8)
    let inputs = (0..<1_000).map { _ in mutator.next(from: [origin]) }
    #expect(Set(inputs).count > 900)
    #expect(inputs.contains { $0.count > origin.count + 8 })
    #expect(inputs.contains { $0.count < 6 })
    #expect(inputs.contains { String(decoding: $0, as: UTF8.self).contains("word") })
    #expect(inputs.allSatisfy { $0.count <= FuzzTarget.inputBytesMax })
  }

  @Test func `a run finds a reader that breaks, and says with what`() {
    let fragile = FuzzTarget("fragile", dictionary: ["boom"]) {
      [Array("a harmless seed".utf8)]
    } read: { bytes in
      let isBomb = String(decoding: bytes, as: UTF8.self).contains("boom")
      if isBomb { throw BrokenPromise(description: "it went off") }
      return .refused
    }
    #expect {
      try FuzzRun(fragile, seed: 7, seconds: 20)
    } throws: { error in
      "\(error)".contains("it went off") && "\(error)".contains("seed 7")
    }
  }

  @Test func `a run ends at an input that takes too long`() {
    let slow = FuzzTarget("slow") {
      [[0]]
    } read: { _ in
      let end = clock() + Int(FuzzRun.inputSecondsMax * 1.2 * Double(CLOCKS_PER_SEC))
      while clock() < end {}
      return .accepted
    }
    #expect { try FuzzRun(slow, seed: 1, seconds: 1) } throws: { "\($0)".contains("took") }
  }
}
