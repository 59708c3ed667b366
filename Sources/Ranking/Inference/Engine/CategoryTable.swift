internal import CTrees

/// The sets of categorical conditions in both layouts: by page of 256 codes, as blocks of rows look
/// them up, and by code, as single rows do.
struct CategoryTable {
  private(set) var groups: [trees_categories] = []
  private(set) var pages: [trees_page] = []
  private(set) var pageSets: [UInt8] = []
  private(set) var pageConditions: [UInt32] = []
  private(set) var codes: [UInt32] = []
  private(set) var codeSets: [UInt64] = []
  private(set) var codeStarts: [Int] = []
  /// False where the sets by code would take more than `codeWordsMax`: then they are left out.
  private(set) var hasCodes = true

  /// 64 MiB. The table grows with codes times conditions, which a small file can make many.
  static let codeWordsMax = 8 << 20

  /// - Parameter firsts: the number of each group's first condition.
  init(_ conditions: CategoricalConditions, firsts: [Int]) {
    for (group, first) in zip(conditions.groups, firsts) {
      var entry = trees_categories()
      entry.column = UInt32(group.column)
      entry.nan_in_set = group.nanInSet ? 1 : 0
      entry.first = UInt32(first)
      entry.count = UInt32(group.sets.count)
      entry.first_page = UInt32(pages.count)
      addPages(group.sets)
      entry.page_count = UInt32(pages.count) - entry.first_page
      entry.first_code = UInt32(codes.count)
      codeStarts.append(codeSets.count)
      addCodes(group.sets)
      entry.code_count = UInt32(codes.count) - entry.first_code
      groups.append(entry)
    }
  }

  // MARK: Pages

  private static let pageWords = trees_page_codes / 32

  private mutating func addPages(_ sets: [ArraySlice<UInt32>]) {
    var members: [Int: [Int]] = [:]
    for (number, set) in sets.enumerated() {
      for page in 0..<(set.count + Self.pageWords - 1) / Self.pageWords
      where Self.words(of: set, page).contains(where: { $0 != 0 }) {
        members[page, default: []].append(number)
      }
    }
    let numbers = members.keys.sorted()
    // The first page answers for all conditions, also where no code is in any set.
    add(page: numbers.first ?? 0, sets, Array(sets.indices))
    for page in numbers.dropFirst() { add(page: page, sets, members[page] ?? []) }
  }

  private mutating func add(page: Int, _ sets: [ArraySlice<UInt32>], _ members: [Int]) {
    let first = UInt32(pageConditions.count)
    var isWide = false
    for number in members {
      pageConditions.append(UInt32(number))
      let words = Self.words(of: sets[number], page)
      isWide = isWide || words.dropFirst(Self.pageWords / 2).contains { $0 != 0 }
      for word in words {
        withUnsafeBytes(of: word.littleEndian) { pageSets.append(contentsOf: $0) }
      }
      let missing = (Self.pageWords - words.count) * 4
      pageSets.append(contentsOf: repeatElement(0, count: missing))
    }
    pages.append(
      trees_page(
        page: UInt32(page), first: first, count: UInt32(members.count), is_wide: isWide ? 1 : 0))
  }

  private static func words(of set: ArraySlice<UInt32>, _ page: Int) -> ArraySlice<UInt32> {
    set.dropFirst(page * pageWords).prefix(pageWords)
  }

  // MARK: Codes

  private mutating func addCodes(_ sets: [ArraySlice<UInt32>]) {
    guard hasCodes else { return }
    var anySet: [UInt32] = []
    for set in sets {
      if set.count > anySet.count {
        anySet.append(contentsOf: repeatElement(0, count: set.count - anySet.count))
      }
      for (index, word) in set.enumerated() { anySet[index] |= word }
    }
    let words = (sets.count + 63) / 64
    let count = anySet.reduce(0) { $0 + $1.nonzeroBitCount }
    guard codeSets.count + count * words <= Self.codeWordsMax else {
      hasCodes = false
      return
    }
    var rowOfWord: [Int] = []
    let firstCode = codes.count
    for (index, word) in anySet.enumerated() {
      rowOfWord.append(codes.count - firstCode)
      for bit in 0..<UInt32(32) where word >> bit & 1 == 1 {
        codes.append(UInt32(index) * 32 + bit)
      }
    }
    let start = codeSets.count
    codeSets.append(contentsOf: repeatElement(0, count: count * words))
    for (number, set) in sets.enumerated() {
      for (index, word) in set.enumerated() {
        var rest = word
        while rest != 0 {
          let below = (rest & (~rest &+ 1)) &- 1
          let row = rowOfWord[index] + (anySet[index] & below).nonzeroBitCount
          codeSets[start + row * words + number / 64] |= 1 << UInt64(number % 64)
          rest &= rest &- 1
        }
      }
    }
  }
}
