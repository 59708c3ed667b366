internal import JSON
internal import Messages
internal import Storage

/// The columns of the matrix, in order: read from one JSON file, which training and serving share.
///
///     {"name": "browse", "version": 1, "features": [
///       {"name": "item_orders_7d", "entity": "item", "kind": "window",
///        "event": "order", "window": "7d", "aggregate": "count"},
///       {"name": "distance_km", "entity": "item", "kind": "request",
///        "function": "distance_kilometres"}]}
///
/// Every feature has
/// - `name`: letters a–z, digits, `_`; unique;
/// - `entity`: `item`, `user`, `category`, `user_item`, `user_category`, `item_hour`,
///   `category_hour`, `user_item_hour`, `user_hour`, `user_place`, `user_place_item`, `place`,
///   `place_item`. The category is the
///   item's most specific one; the hour is that of the item's local clock, at the event and at the request;
///   the place is where the user was, as a cell of a thousandth of a degree;
/// - `kind`, which says what else it has:
///   - `attribute` (item): `column` = `price` | `rating` | `ratings` | `age_days` | `category_code` |
///     `latitude` | `longitude` | `density`;
///   - `window` (any entity): `event`, `window`, `aggregate` = `count` | `sum` | `mean` | `recency_hours` |
///     `distinct_items` (user only) | `rate`. `sum` and `mean` take `column` = `value` (the default) |
///     `first` | `price` | `rating` | `distance_kilometres`, where `first` is 1 for a user's first such event
///     with the item and 0 for a repetition; `rate` takes `per`, the event counted below the line; `count` and
///     `sum` of an entity with an hour may have `hours_around`, 1 to 6: the weighted mean over as many hours
///     before and after, nearer ones weighing more;
///   - `decay` (any entity): `event`, `half_life`: a count in which each event weighs half as much after
///     every half-life;
///   - `request` (item): `function` = `distance_kilometres` | `local_hour` | `weekday` |
///     `minutes_until_close`;
///   - `cross`: `function` = one of
///     - `share` (an entity with a whole: `user_item`, `user_category`, `user_hour` and `user_place` of
///       `user`, `item_hour` of `item`, `category_hour` of `category`, `user_item_hour` of `user_item` or,
///       with `of`, of `user_hour`, `user_place_item` of `user_place` or of `user_item`, `place_item` of `place` or
///       of `item`) with `event`, `window`,
///       and optionally `column` = `first`, `of`, `hours_around`;
///     - `minus_user_mean` (user_item) with `event`, `window` and `column` = `price` | `rating` |
///       `distance_kilometres`;
///     - `home_distance_kilometres` (user_item);
///     - `haunts_pull` | `nearest_haunt_kilometres` | `latest_haunt_kilometres` (user_item) with `event`,
///       `window`: how near the item is to those that the user goes to; a pull may have `here`, a number
///       that the request's place weighs, all haunts together weighing 1;
///   - `product` (item or user_item): `factors`, an array of `of`, the name of a feature above, and optionally
///     `plus`, `power` and `missing`: the product of (feature + plus) ^ power;
///   - `among` (item or user_item): `function` = `rank_highest` | `rank_lowest` | `share` | `most` | `count`,
///     `of`, the name of a feature above, and optionally `unless`, another: the feature beside those of
///     the other candidates, without those in which the other is positive;
/// - optionally `default`, a number that stands where the value is missing (otherwise NaN), and `owner`,
///   `freshness`, `description`, which are for people.
///
/// `event` is `open`, `impression`, `click`, `order` or `rating`. `window` is a whole number of `s`, `m`, `h` or
/// `d`, or `all`; a half-life is the same without `all`. Unknown keys are refused.
package struct FeatureDefinition: Equatable, Sendable {
  package let name: String
  package let version: Int
  package let features: [Feature]
  /// FNV-1a 64 of what is computed: two files agree if they give the same columns, whatever they say
  /// about owners, and `24h` is `1d`. A model carries it, and a matrix of another is not scored.
  package let fingerprint: UInt64

  package var columnNames: [String] { features.map(\.name) }

  /// A matrix row of more is no longer a row of features; models of this field have 20 to 500.
  package static let featuresMax = 512

  package init(name: String, version: Int, features: [Feature]) {
    self.name = name
    self.version = version
    self.features = features
    var hash = FingerprintHash()
    // Raised when the same definition begins to compute other numbers.
    hash.combine("brigade features 1")
    for feature in features { hash.combine(feature.canonical) }
    fingerprint = hash.value
  }

  /// The longest definition file read: `featuresMax` features with long descriptions.
  package static let fileBytesMax = 1 << 20

  package init(loading path: String) throws(FeatureDefinitionError) {
    let bytes: [UInt8]
    do throws(DiskFile.Failure) {
      bytes = try DiskFile.read(path, limitBytes: Self.fileBytesMax)
    } catch {
      throw FeatureDefinitionError(problems: ["\(path): \(error)"])
    }
    try self.init(parsing: bytes, file: path)
  }

  /// Refuses the file with all its problems, each as `file:line:column: …`.
  package init(parsing bytes: [UInt8], file: String) throws(FeatureDefinitionError) {
    let root: JSONValue
    do {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw FeatureDefinitionError(problems: ["\(file):\(error)"])
    }
    var reader = FeatureDefinitionReader(file: file)
    let definition = reader.definition(root)
    guard reader.problems.isEmpty, let definition else {
      throw FeatureDefinitionError(problems: reader.problems)
    }
    self = definition
  }
}

private struct FingerprintHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(UInt8(ascii: "\n"))
  }

  private mutating func combine(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
  }
}

extension Feature {
  /// One line with everything that bears on the numbers, and nothing else.
  fileprivate var canonical: String {
    let missingBits = String((missing.isNaN ? Float.nan : missing).bitPattern, radix: 16)
    return "\(name) \(entity.rawValue) \(computation.canonical) \(missingBits)"
  }
}

extension FeatureComputation {
  fileprivate var canonical: String {
    switch self {
    case .attribute(let column): "attribute \(column.rawValue)"
    case .window(let event, let window, let aggregate, let hours):
      "window \(event.rawValue) \(window.canonical) \(aggregate.canonical)"
        + (hours == 0 ? "" : " around \(hours)h")
    case .decay(let event, let halfLife): "decay \(event.rawValue) \(halfLife)ms"
    case .request(let function): "request \(function.rawValue)"
    case .share(let share): share.canonical
    case .minusUserMean(let measure, let event, let window):
      "minus_user_mean \(measure.rawValue) \(event.rawValue) \(window.canonical)"
    case .homeDistanceKilometres: "home_distance_kilometres"
    case .haunts(let function, let event, let window, let here):
      "\(function.rawValue) \(event.rawValue) \(window.canonical)"
        + (here == 0 ? "" : " here \(here.bitPattern)")
    case .product(let factors): "product " + factors.map(\.canonical).joined(separator: " × ")
    case .among(let function, let column, let unless):
      "among \(function.rawValue) \(column)" + (unless.map { " unless \($0)" } ?? "")
    }
  }
}

extension FeatureShare {
  /// What is as usual is left out, as it was before there was a choice.
  fileprivate var canonical: String {
    "share \(event.rawValue) \(window.canonical)" + (measure == .one ? "" : " \(measure.rawValue)")
      + (whole.map { " of \($0.rawValue)" } ?? "")
      + (hoursAround == 0 ? "" : " around \(hoursAround)h")
  }
}

extension WindowAggregate {
  fileprivate var canonical: String {
    switch self {
    case .count: "count"
    case .sum(let measure): "sum \(measure.rawValue)"
    case .mean(let measure): "mean \(measure.rawValue)"
    case .recencyHours: "recency_hours"
    case .distinctItems: "distinct_items"
    case .rate(let per): "rate \(per.rawValue)"
    }
  }
}
