import Storage
import TestSupport
import Testing

@testable import Gateway

@Suite struct ArmSplitTests {
  @Test(arguments: [
    // 20 000 of 40 000 expected: a tenth is the most that is even.
    (20_000, 40_000, 0.5, ArmSplit.even), (18_000, 40_000, 0.5, .even),
    (17_999, 40_000, 0.5, .uneven), (21_999, 40_000, 0.5, .even), (22_001, 40_000, 0.5, .uneven),
    (0, 40_000, 0.5, .uneven),
    // What was expected counts, not what was had.
    (0, 20_000, 0.5, .few), (0, 20_002, 0.5, .uneven), (20_000, 20_000, 0.25, .few),
    (9_000, 90_000, 0.1, .few), (0, 0, 0.5, .few), (40_000, 40_000, 1, .even),
  ])
  func `a tenth off is uneven, as soon as chance cannot be why`(
    _ requests: Int, _ sum: Int, _ share: Double, _ split: ArmSplit
  ) {
    #expect(ArmSplit(requests: requests, of: sum, share: share) == split)
  }

  @Test func `the alert has the same bounds`() throws {
    let bytes = try DiskFile.read(
      "\(Checkout.root)/deploy/prometheus/alerts.yml", limitBytes: 1 << 20)
    let rules = String(decoding: bytes, as: UTF8.self)
    let begin = try #require(rules.firstRange(of: "alert: BrigadeExperimentUneven")).upperBound
    let end = try #require(rules[begin...].firstRange(of: "for: ")).lowerBound
    let words = rules[begin..<end].split { $0 == " " || $0 == "\n" }.suffix(6)
      .joined(separator: " ")
    #expect(
      words == "> \(Int(ArmSplit.expectedLeast))) - 1) > \(ArmSplit.deviationMax)", "\(words)")
  }
}
