/// Where a unit of randomisation stands for one purpose: FNV-1a, 64 bits, of `salt`, a zero byte and
/// the unit, each in UTF-8, and then the finaliser of SplitMix64, as FNV alone hardly moves the
/// upper bits by the last letters.
///
/// Whoever has the salt and the unit can compute it again; deploy/README.md has it in Python.
struct UnitHash: Equatable, Sendable {
  private let salted: UInt64

  /// What the salt adds to each unit is computed once.
  init(salt: String) {
    salted = Self.feed(0, to: Self.feed(salt, to: 0xCBF2_9CE4_8422_2325))
  }

  private static func feed(_ byte: UInt8, to state: UInt64) -> UInt64 {
    (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }

  private static func feed(_ text: String, to state: UInt64) -> UInt64 {
    var state = state
    for byte in text.utf8 { state = feed(byte, to: state) }
    return state
  }

  func value(of unit: String) -> UInt64 {
    var mixed = Self.feed(unit, to: salted)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to 1, without it.
  func fraction(of unit: String) -> Double { Double(value(of: unit) >> 11) * 0x1p-53 }
}
