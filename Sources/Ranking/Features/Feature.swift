package import Messages

/// One column of the matrix. `FeatureDefinition` says how it is written in a file.
package struct Feature: Equatable, Sendable {
  package var name: String
  package var entity: FeatureEntity
  package var computation: FeatureComputation
  /// What stands where there is nothing to compute from: NaN unless the file names a default.
  package var missing: Float
  /// For people; no computation reads these three.
  package var owner: String
  package var freshness: String
  package var description: String
}

/// How a feature comes about, its parameters included.
package enum FeatureComputation: Equatable, Sendable {
  case attribute(ItemColumn)
  case window(event: EventKind, window: TimeSpan, aggregate: WindowAggregate)
  /// Each event counts 2^(−age / half-life).
  case decay(event: EventKind, halfLifeMilliseconds: Int64)
  case request(RequestFunction)
  /// This entity's events over those of its whole; missing where the whole has none.
  case share(event: EventKind, window: TimeSpan)
  /// The item's column, minus the mean of the same column over the user's events.
  case minusUserMean(Measure, event: EventKind, window: TimeSpan)
  /// From the user's home as the catalogue has it.
  case homeDistanceKilometres

  /// Whether a request's time or place, or the meeting of user and item, goes into it beyond what is
  /// kept: decides which of the two reported times the column counts for.
  package var dependsOnRequest: Bool {
    switch self {
    case .attribute, .window, .decay: false
    case .request, .share, .minusUserMean, .homeDistanceKilometres: true
    }
  }
}

/// What the catalogue says of an item.
package enum ItemColumn: String, CaseIterable, Sendable {
  /// 1 cheap to 4 dear.
  case price
  case rating
  /// How many made the rating.
  case ratings
  /// Since it joined; missing before that.
  case ageDays = "age_days"
  /// A number made of the most specific category's name alone, so that catalogues imported on
  /// different days agree on it; two of several hundred names may share one.
  case categoryCode = "category_code"
  case latitude
  case longitude
}

/// A number that each event carries.
package enum Measure: String, CaseIterable, Sendable {
  /// One an event: what counts are made of.
  case one
  /// The event's own value: an order's price, a rating. Events of value 0 carry none.
  case value
  /// The item's price tier.
  case price
  /// The item's rating.
  case rating
  /// From where the user was to the item.
  case distanceKilometres = "distance_kilometres"

  /// Those that an item has at request time too.
  static let ofItems: [Measure] = [.price, .rating, .distanceKilometres]
  static let summable: [Measure] = [.value, .price, .rating, .distanceKilometres]
}

package enum WindowAggregate: Equatable, Sendable {
  case count
  case sum(Measure)
  /// Missing where no event carried the measure.
  case mean(Measure)
  /// Hours since the last event; missing where the window has none.
  case recencyHours
  /// How many different items; of a user only.
  case distinctItems
  /// Events over events of another kind; missing where there is none of the other.
  case rate(per: EventKind)
}

package enum RequestFunction: String, CaseIterable, Sendable {
  /// From the place of the request to the item, along the great circle.
  case distanceKilometres = "distance_kilometres"
  /// 0 to 23, on the item's clock.
  case localHour = "local_hour"
  /// 0 is Monday, on the item's clock.
  case weekday
  /// 0 where closed, missing where the catalogue has no hours for the item.
  case minutesUntilClose = "minutes_until_close"
}
