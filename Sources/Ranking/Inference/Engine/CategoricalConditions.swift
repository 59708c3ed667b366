/// Distinct conditions `code is in the set`, grouped by column and treatment of NaN.
struct CategoricalConditions {
  struct Group {
    let column: Int
    let nanInSet: Bool
    /// Words of 32 codes, without zeros at the end.
    var sets: [ArraySlice<UInt32>] = []
    fileprivate var numbers: [ArraySlice<UInt32>: UInt32] = [:]
  }

  /// A condition by its group and its number in there.
  struct Place {
    let group: Int
    let number: UInt32
  }

  /// In the order in which they were added.
  private(set) var groups: [Group] = []
  private var indices: [Int: Int] = [:]

  var count: Int { groups.reduce(0) { $0 + $1.sets.count } }

  mutating func add(column: Int, nanInSet: Bool, _ words: ArraySlice<UInt32>) -> Place {
    let key = column << 1 | (nanInSet ? 1 : 0)
    if indices[key] == nil {
      indices[key] = groups.count
      groups.append(Group(column: column, nanInSet: nanInSet))
    }
    let group = indices[key] ?? 0
    return Place(group: group, number: groups[group].add(words))
  }
}

extension CategoricalConditions.Group {
  fileprivate mutating func add(_ words: ArraySlice<UInt32>) -> UInt32 {
    let end = words.lastIndex { $0 != 0 }.map { $0 + 1 } ?? words.startIndex
    let set = words[words.startIndex..<end]
    if let number = numbers[set] { return number }
    numbers[set] = UInt32(sets.count)
    sets.append(set)
    return UInt32(sets.count - 1)
  }
}
