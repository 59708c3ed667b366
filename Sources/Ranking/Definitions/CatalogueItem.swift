/// One thing that can be ranked, checked.
package struct CatalogueItem: Sendable {
  package let key: UInt64
  package let id: String
  package let name: String
  package let coordinate: Coordinate
  /// Indexes into the catalogue's `categoryNames`, most specific first.
  package let categories: [Int]
  /// 1 cheap to 4 dear; 0 unknown.
  package let price: Int
  /// 0 to 5; NaN unknown.
  package let rating: Float
  /// How many rated it.
  package let ratings: Int
  package let hours: OpeningHours
  /// Index into the catalogue's `zones`.
  package let zone: Int
  /// Unix time when it joined, 0 unknown.
  package let openedMilliseconds: Int64
}

/// One user that the catalogue knows.
package struct CatalogueUser: Sendable {
  package let id: String
  /// Nil: unknown.
  package let home: Coordinate?
}
