internal import CTrees

/// Distinct conditions `value <= threshold`, grouped by column and treatment of missing values.
struct NumericConditions {
  struct Group {
    let column: Int
    let missing: trees_missing
    /// Ordered as the thresholds are; distinct and rising once sorted.
    var keys: [UInt64] = []
    /// Number of its first condition.
    var first = 0

    var thresholds: [Double] { keys.map(NumericConditions.threshold) }
  }

  private(set) var groups: [Group] = []
  private(set) var count = 0
  /// By column and treatment; -1 where there is none.
  private var indices: [Int32]
  private static let kinds = 5
  private let rules: ValueRules

  init(columns: Int, _ rules: ValueRules) {
    self.rules = rules
    indices = Array(repeating: -1, count: columns * Self.kinds)
  }

  mutating func add(column: Int, _ missing: trees_missing, _ threshold: Double) {
    let place = column * Self.kinds + Int(missing.rawValue)
    if indices[place] < 0 {
      indices[place] = Int32(groups.count)
      groups.append(Group(column: column, missing: missing))
    }
    groups[Int(indices[place])].keys.append(Self.key(rules.moved(threshold)))
  }

  /// To be called once, when all are added: numbers the conditions.
  mutating func sort() {
    groups.sort { ($0.column, $0.missing.rawValue) < ($1.column, $1.missing.rawValue) }
    for index in groups.indices {
      let group = groups[index]
      indices[group.column * Self.kinds + Int(group.missing.rawValue)] = Int32(index)
      groups[index].keys = Self.distinct(group.keys)
      groups[index].first = count
      count += groups[index].keys.count
    }
  }

  /// The number of one that was added.
  func number(column: Int, _ missing: trees_missing, _ threshold: Double) -> UInt32 {
    let group = groups[Int(indices[column * Self.kinds + Int(missing.rawValue)])]
    let key = Self.key(rules.moved(threshold))
    var (below, above) = (0, group.keys.count - 1)
    while below < above {
      let middle = (below + above) / 2
      if group.keys[middle] < key { below = middle + 1 } else { above = middle }
    }
    return UInt32(group.first + below)
  }

  private static func distinct(_ keys: [UInt64]) -> [UInt64] {
    var distinct: [UInt64] = []
    for key in keys.sorted() where distinct.last != key { distinct.append(key) }
    return distinct
  }

  // MARK: Keys

  private static let sign: UInt64 = 1 << 63

  /// An integer that is ordered as the threshold is. Both zeros compare alike, so they are one.
  private static func key(_ threshold: Double) -> UInt64 {
    let bits = threshold == 0 ? 0 : threshold.bitPattern
    return bits & sign == 0 ? bits | sign : ~bits
  }

  private static func threshold(_ key: UInt64) -> Double {
    Double(bitPattern: key & sign == 0 ? ~key : key & ~sign)
  }
}
