internal import Messages

/// The filters of one request that are about the item alone, made quick to ask.
struct ItemFilter {
  /// By index of the category; empty: all pass.
  private let wantedCategories: [Bool]
  private let pricesAreGiven: Bool
  /// Bit p: price level p passes.
  private let wantedPrices: UInt32
  /// Categories were asked for of which the catalogue has none.
  let wantsNothing: Bool

  init(_ filters: Filters, categoryNames: [String]) {
    let names = Set(filters.categories)
    wantedCategories = names.isEmpty ? [] : categoryNames.map(names.contains)
    wantsNothing = !names.isEmpty && !wantedCategories.contains(true)
    wantedPrices = filters.prices.reduce(0) { $1 < 32 ? $0 | 1 << $1 : $0 }
    pricesAreGiven = !filters.prices.isEmpty
  }

  /// An item of unknown price passes only where no price was asked for.
  func passes(_ slot: Int, of columns: ItemColumns) -> Bool {
    if pricesAreGiven {
      let price = UInt32(columns.prices[slot])
      if price == 0 || wantedPrices & 1 << price == 0 { return false }
    }
    return wantedCategories.isEmpty || columns.hasCategory(slot, in: wantedCategories)
  }
}
