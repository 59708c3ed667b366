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
  case userHour = "user_hour"
  /// A user at one place: a cell of a thousandth of a degree, about a hundred metres.
  case userPlace = "user_place"
  /// What a user takes from that place.
  case userPlaceItem = "user_place_item"
  /// All users at one place, and what they take from it.
  case place
  case placeItem = "place_item"

  /// The wholes of which this is a part, the usual one first: a share is this one's count over the
  /// whole's.
  package var wholes: [FeatureEntity] {
    switch self {
    case .item, .user, .category, .place: []
    case .userItem, .userCategory, .userHour, .userPlace: [.user]
    case .itemHour: [.item]
    case .categoryHour: [.category]
    case .userItemHour: [.userItem, .userHour]
    case .userPlaceItem: [.userPlace, .userItem]
    case .placeItem: [.place, .item]
    }
  }

  var hasUser: Bool {
    switch self {
    case .user, .userItem, .userCategory, .userItemHour, .userHour, .userPlace, .userPlaceItem: true
    case .item, .category, .itemHour, .categoryHour, .place, .placeItem: false
    }
  }

  var hasItem: Bool {
    switch self {
    case .item, .userItem, .itemHour, .userItemHour, .userPlaceItem, .placeItem: true
    case .user, .category, .userCategory, .categoryHour, .userHour, .userPlace, .place: false
    }
  }

  var hasCategory: Bool {
    switch self {
    case .category, .userCategory, .categoryHour: true
    case .item, .user, .userItem, .itemHour, .userItemHour, .userHour, .userPlace, .userPlaceItem,
      .place, .placeItem:
      false
    }
  }

  var hasHour: Bool {
    switch self {
    case .itemHour, .categoryHour, .userItemHour, .userHour: true
    case .item, .user, .category, .userItem, .userCategory, .userPlace, .userPlaceItem, .place,
      .placeItem:
      false
    }
  }

  var hasPlace: Bool {
    switch self {
    case .userPlace, .userPlaceItem, .place, .placeItem: true
    case .item, .user, .category, .userItem, .userCategory, .itemHour, .categoryHour, .userItemHour,
      .userHour:
      false
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
    case .userHour: 8
    case .userPlace: 9
    case .userPlaceItem: 10
    case .place: 11
    case .placeItem: 12
    }
  }
}
