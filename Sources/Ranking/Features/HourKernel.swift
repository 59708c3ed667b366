internal import Glibc

/// Weights of neighbouring hours of the day, for habits that do not strike on the hour: lunch at 12:10 says
/// something of 11:50, too. A normal curve with a standard deviation of an hour and a half, cut off
/// and brought to a sum of one.
struct HourKernel: Sendable {
  /// Beyond it, the curve is at a thousandth of its height.
  static let hoursAroundMax = 6

  private static let deviationHours = 1.5

  /// By hours before and after: `weights[0]` is of the hour itself.
  let weights: [Double]

  /// `hoursAround` from 0 to `hoursAroundMax`.
  init(hoursAround: Int) {
    let heights = (0...hoursAround).map { hours in
      exp(-Double(hours * hours) / (2 * Self.deviationHours * Self.deviationHours))
    }
    let sum = heights[0] + 2 * heights.dropFirst().reduce(0, +)
    weights = heights.map { $0 / sum }
  }

  /// The hour of the day so many hours from `hour`, around midnight.
  static func hour(_ hour: Int, plus hours: Int) -> Int { ((hour + hours) % 24 + 24) % 24 }
}
