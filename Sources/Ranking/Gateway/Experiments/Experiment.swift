/// A question to the world: some of the units of a layer get one of several arms, by chance that is
/// the same whenever they come.
///
/// Two hashes decide. The layer's says where in the layer a unit stands, and so which experiment it
/// belongs to; the experiment's own says which arm it has. So more units can be let in, by a larger
/// share, without one of those that are in changing its arm.
struct Experiment: Equatable, Sendable {
  struct Arm: Equatable, Sendable {
    let name: String
    /// Beside those of the other arms; positive.
    let weight: Double
    let changes: ArmChanges
  }

  /// More in one file are a mistake of who writes it.
  static let countMax = 64
  static let armsMax = 16
  /// Of all experiments together: each is two series on the page of metrics.
  static let armsTogetherMax = 256
  static let weightMax = 1e6

  let name: String
  /// Of its layer, in millionths.
  let slice: Range<Int>
  let arms: [Arm]
  private let hash: UnitHash
  /// Where each arm ends, from 0 to 1.
  private let ends: [Double]

  /// - Parameter arms: one at least.
  init(_ name: String, slice: Range<Int>, arms: [Arm]) {
    precondition(!arms.isEmpty, "\(name) has no arm")
    self.name = name
    self.slice = slice
    self.arms = arms
    // A layer may have the experiment's name: a unit's arm must not hang on its place in the layer.
    hash = UnitHash(salt: "arm/\(name)")
    let sum = arms.reduce(0) { $0 + $1.weight }
    var ends: [Double] = []
    for arm in arms { ends.append((ends.last ?? 0) + arm.weight / sum) }
    self.ends = ends
  }

  /// Of the units that are in the experiment.
  func share(of arm: Int) -> Double { ends[arm] - (arm == 0 ? 0 : ends[arm - 1]) }

  func arm(of unit: String) -> Arm {
    let fraction = hash.fraction(of: unit)
    // The last one ends at 1, or a rounding before it.
    return arms[ends.firstIndex { fraction < $0 } ?? arms.count - 1]
  }

  /// Names are labels of metrics and parts of span attributes; a hyphen is a letter in both.
  static func isName(_ text: String) -> Bool {
    let lengthMax = 32
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard text.utf8.count <= lengthMax, let first = text.utf8.first else { return false }
    return (letters.contains(first) || digits.contains(first))
      && text.utf8.allSatisfy {
        letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
          || $0 == UInt8(ascii: "-")
      }
  }

  /// In words, of `isName`.
  static let nameRule = "up to 32 of a-z, 0-9, _ and -, a letter or digit first"
}
