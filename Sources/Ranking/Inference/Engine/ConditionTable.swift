internal import CTrees

/// The distinct conditions of a model: the numeric ones by column and threshold, then the
/// categorical ones. A model of 250,000 nodes has some 20,000, as its thresholds come from a few
/// hundred bins of each feature.
struct ConditionTable {
  let numeric: [trees_numeric]
  let search: ThresholdSearch
  let exactThresholds: [Double]
  let categories: CategoryTable
  let count: Int
  /// The condition of each node, tree after tree.
  let ofNodes: [UInt32]

  init(_ trees: [Tree], columns: Int, _ rules: ValueRules) {
    var numeric = NumericConditions(columns: columns, rules)
    var categorical = CategoricalConditions()
    var places: [CategoricalConditions.Place] = []
    for tree in trees {
      for node in tree.nodes {
        switch node.split {
        case .numeric(let threshold, let missing, let defaultLeft):
          let kind = Self.kind(missing, defaultLeft: defaultLeft)
          numeric.add(column: Int(node.feature), kind, threshold)
        case .categorical(let words, let nanInSet):
          let words = tree.categoryWords[Int(words.lowerBound)..<Int(words.upperBound)]
          places.append(
            categorical.add(column: Int(node.feature), nanInSet: nanInSet, words))
        }
      }
    }
    numeric.sort()
    let firsts = Self.firsts(categorical, after: numeric.count)
    ofNodes = Self.numbers(trees, numeric, places, firsts)
    var search = ThresholdSearch()
    self.numeric = numeric.groups.map { Self.entry($0, &search) }
    self.search = search
    exactThresholds = numeric.groups.flatMap(\.thresholds)
    categories = CategoryTable(categorical, firsts: firsts)
    count = numeric.count + categorical.count
  }

  private static func kind(_ missing: Split.MissingValue, defaultLeft: Bool) -> trees_missing {
    switch (missing, defaultLeft) {
    case (.none, _): trees_nan_as_zero
    case (.zero, false): trees_zero_right
    case (.zero, true): trees_zero_left
    case (.nan, false): trees_nan_right
    case (.nan, true): trees_nan_left
    }
  }

  private static func entry(
    _ group: NumericConditions.Group, _ search: inout ThresholdSearch
  ) -> trees_numeric {
    var entry = trees_numeric()
    entry.column = UInt32(group.column)
    entry.missing = group.missing.rawValue
    entry.first = UInt32(group.first)
    entry.count = UInt32(group.keys.count)
    let levels = search.add(group.thresholds.map(ThresholdSearch.roundedDown))
    entry.levels = UInt32(levels.count)
    withUnsafeMutableBytes(of: &entry.level) { bytes in
      bytes.withMemoryRebound(to: UInt32.self) { entries in
        for (index, level) in levels.enumerated() { entries[index] = UInt32(level) }
      }
    }
    return entry
  }

  private static func firsts(_ conditions: CategoricalConditions, after count: Int) -> [Int] {
    var next = count
    return conditions.groups.map { group in
      defer { next += group.sets.count }
      return next
    }
  }

  private static func numbers(
    _ trees: [Tree], _ numeric: NumericConditions, _ places: [CategoricalConditions.Place],
    _ firsts: [Int]
  ) -> [UInt32] {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(trees.reduce(0) { $0 + $1.nodes.count })
    var places = places[...]
    for tree in trees {
      for node in tree.nodes {
        switch node.split {
        case .numeric(let threshold, let missing, let defaultLeft):
          let kind = kind(missing, defaultLeft: defaultLeft)
          numbers.append(numeric.number(column: Int(node.feature), kind, threshold))
        case .categorical:
          let place = places.removeFirst()
          numbers.append(UInt32(firsts[place.group]) + place.number)
        }
      }
    }
    return numbers
  }
}
