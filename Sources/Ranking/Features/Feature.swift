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
  /// `hoursAround`: of an entity with an hour, the weighted mean over that many hours before and
  /// after as well (`HourKernel`).
  case window(
    event: EventKind, window: TimeSpan, aggregate: WindowAggregate, hoursAround: Int = 0)
  /// Each event counts 2^(−age / half-life).
  case decay(event: EventKind, halfLifeMilliseconds: Int64)
  case request(RequestFunction)
  case share(FeatureShare)
  /// The item's column, minus the mean of the same column over the user's events.
  case minusUserMean(Measure, event: EventKind, window: TimeSpan)
  /// From the user's home as the catalogue has it.
  case homeDistanceKilometres
  /// From where the user's events go, as `Haunts` weighs it. `here`: what the request's place weighs
  /// in a pull, all haunts together weighing 1.
  case haunts(HauntsFunction, event: EventKind, window: TimeSpan, here: Float = 0)
  /// Of other columns of the same row.
  case product([FeatureFactor])
  /// A column of the row beside those of the other candidates of the request; rows in which the column
  /// `unless` is positive are left out.
  case among(CandidateFunction, of: String, unless: String?)

  /// Whether a request's time or place, or the meeting of user and item, goes into it beyond what is
  /// kept: decides which of the two reported times the column counts for.
  package var dependsOnRequest: Bool {
    switch self {
    case .attribute, .window, .decay: false
    case .request, .share, .minusUserMean, .homeDistanceKilometres, .haunts, .product, .among: true
    }
  }
}

/// This entity's events over those of its whole; missing where the whole has none.
package struct FeatureShare: Equatable, Sendable {
  package var event: EventKind
  package var window: TimeSpan
  /// What is summed on both sides: `one` counts the events, `first` the first ones only.
  package var measure: Measure = .one
  /// Nil: the first of the entity's `wholes`.
  package var whole: FeatureEntity?
  /// As in a window.
  package var hoursAround = 0
}

/// (column + plus) ^ power; `missing` stands where the column is missing.
package struct FeatureFactor: Equatable, Sendable {
  package var column: String
  package var plus: Float = 0
  package var power: Float = 1
  package var missing: Float = .nan

  package static func == (one: FeatureFactor, other: FeatureFactor) -> Bool {
    one.canonical == other.canonical
  }

  var canonical: String {
    let missing = missing.isNaN ? Float.nan : missing
    return "\(column) \(plus.bitPattern) \(power.bitPattern) \(missing.bitPattern)"
  }
}

/// What the candidates of one request say of each of them.
package enum CandidateFunction: String, CaseIterable, Sendable {
  /// How many have a higher value: 0 for the highest.
  case rankHighest = "rank_highest"
  /// How many have a lower one.
  case rankLowest = "rank_lowest"
  /// The value over the sum of all; missing where that is not positive.
  case share
  /// The highest, for all alike.
  case most
  /// How many are positive, for all alike.
  case count
}

/// What the items that a user goes to say of another item, by where they are.
package enum HauntsFunction: String, CaseIterable, Sendable {
  /// 0 to 1: how near the user's items are on the whole.
  case pull = "haunts_pull"
  /// To the nearest other item of the user's; missing where there is none.
  case nearestKilometres = "nearest_haunt_kilometres"
  /// From the user's latest one; missing where there is none.
  case latestKilometres = "latest_haunt_kilometres"
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
  /// How many items are about: see `Density`.
  case density
}

/// A number that each event carries.
package enum Measure: String, CaseIterable, Sendable {
  /// One an event: what counts are made of.
  case one
  /// 1 for a user's first event of its kind with the item, 0 for a repetition. Its mean over a user's events
  /// is how readily the user tries what is new; its sum over an item's, how many came to know it.
  case first
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
  static let summable: [Measure] = [.value, .first, .price, .rating, .distanceKilometres]
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
