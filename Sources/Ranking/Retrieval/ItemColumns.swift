internal import Definitions

/// What a search reads of every item it meets, by slot of the index: neighbours on the map are
/// neighbours in memory, and no reference is counted. Whole items cost a search ten times as much.
struct ItemColumns {
  let keys: [UInt64]
  let prices: [UInt8]
  /// NaN unknown.
  let ratings: [Float]
  private let categoryStarts: [Int32]
  private let categories: [Int32]

  init(_ items: [CatalogueItem], rows: [Int32]) {
    keys = rows.map { items[Int($0)].key }
    prices = rows.map { UInt8(clamping: items[Int($0)].price) }
    ratings = rows.map { items[Int($0)].rating }
    var starts: [Int32] = [0]
    var all: [Int32] = []
    starts.reserveCapacity(rows.count + 1)
    for row in rows {
      all.append(contentsOf: items[Int(row)].categories.lazy.map(Int32.init))
      starts.append(Int32(all.count))
    }
    categoryStarts = starts
    categories = all
  }

  /// Whether one of the item's categories is set in `wanted`, which goes by category.
  func hasCategory(_ slot: Int, in wanted: [Bool]) -> Bool {
    for position in Int(categoryStarts[slot])..<Int(categoryStarts[slot + 1])
    where wanted[Int(categories[position])] {
      return true
    }
    return false
  }
}
