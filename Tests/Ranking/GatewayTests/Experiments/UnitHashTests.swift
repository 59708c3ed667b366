import TestSupport
import Testing

@testable import Gateway

@Suite struct UnitHashTests {
  /// By the Python of deploy/README.md: what is written down must stay what it is, or people change
  /// arms under running experiments.
  @Test(arguments: [
    ("layer/policy", "u1", UInt64(0x8e02_562c_d8b8_00d7)),
    ("arm/variety", "u1", 0xc3b7_9023_e5a9_8f9e), ("layer/policy", "", 0x2ddc_ad6e_9b9c_337a),
    ("arm/variety", "Zoë", 0x69c1_f1ca_4dad_429d),
  ])
  func `a unit stands where it always stood`(salt: String, unit: String, value: UInt64) {
    #expect(UnitHash(salt: salt).value(of: unit) == value)
  }

  @Test func `a fraction is below one and keeps the order of the values`() {
    let hash = UnitHash(salt: "arm/variety")
    #expect(abs(hash.fraction(of: "u1") - 0.7645196998252343) < 1e-15)
    let units = (0..<1_000).map { "u\($0)" }
    let byValue = units.sorted { hash.value(of: $0) < hash.value(of: $1) }
    #expect(units.sorted { hash.fraction(of: $0) < hash.fraction(of: $1) } == byValue)
    #expect(units.allSatisfy { (0..<1).contains(hash.fraction(of: $0)) })
  }

  /// Ids that differ in their last digits only are what ids are like.
  @Test func `ids in a row are spread evenly`() {
    for salt in ["layer/a", "arm/b", "layer/policy"] {
      let hash = UnitHash(salt: salt)
      var counts = [Int](repeating: 0, count: 100)
      let units = 100_000
      for unit in 0..<units { counts[Int(hash.fraction(of: "user-\(unit)") * 100)] += 1 }
      let expected = Double(units) / 100
      let chiSquare =
        counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
        / expected
      // 99 degrees of freedom: 149.4 is exceeded once in a thousand times.
      #expect(chiSquare < 149.4, "\(salt): \(chiSquare)")
    }
  }

  @Test func `the salt's end is not the unit's beginning`() {
    #expect(
      UnitHash(salt: "layer/ab").value(of: "c") != UnitHash(salt: "layer/a").value(of: "bc"))
  }
}
