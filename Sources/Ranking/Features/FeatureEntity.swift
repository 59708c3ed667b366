/// What a feature describes: one value is kept for each of these.
package enum FeatureEntity: String, CaseIterable, Sendable {
  case item
  case user
  /// The most specific category of an item: its cuisine.
  case category
  case userItem = "user_item"
  case userCategory = "user_category"
  /// An item in one hour of the day, 0 to 23, of the item's own clock.
  case itemHour = "item_hour"
  case categoryHour = "category_hour"
  case userItemHour = "user_item_hour"

  /// The whole of which this is a part: a share is this one's count over the whole's.
  package var whole: FeatureEntity? {
    switch self {
    case .item, .user, .category: nil
    case .userItem, .userCategory: .user
    case .itemHour: .item
    case .categoryHour: .category
    case .userItemHour: .userItem
    }
  }

  var hasUser: Bool {
    switch self {
    case .user, .userItem, .userCategory, .userItemHour: true
    case .item, .category, .itemHour, .categoryHour: false
    }
  }

  var hasItem: Bool {
    switch self {
    case .item, .userItem, .itemHour, .userItemHour: true
    case .user, .category, .userCategory, .categoryHour: false
    }
  }

  var hasCategory: Bool {
    switch self {
    case .category, .userCategory, .categoryHour: true
    case .item, .user, .userItem, .itemHour, .userItemHour: false
    }
  }

  var hasHour: Bool {
    switch self {
    case .itemHour, .categoryHour, .userItemHour: true
    case .item, .user, .category, .userItem, .userCategory: false
    }
  }
}

extension FeatureEntity {
  /// The place in `allCases`, by which stores are found.
  var store: Int {
    switch self {
    case .item: 0
    case .user: 1
    case .category: 2
    case .userItem: 3
    case .userCategory: 4
    case .itemHour: 5
    case .categoryHour: 6
    case .userItemHour: 7
    }
  }
}
