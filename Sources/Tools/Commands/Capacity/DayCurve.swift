internal import Glibc

/// Requests a second over a day: little at night, a slow rise by day, and a dinner that comes fast.
/// The mean and the peak are given; the rest follows.
struct DayCurve: Equatable, Sendable {
  static let daySeconds = 86_400.0
  /// When dinner has come, and how long it stays and goes.
  private static let peakSecond = 19.0 * 3_600
  private static let stayMinutes = 30.0
  private static let fallMinutes = 90.0
  /// Of the quietest hour, below the rest of the day's mean.
  private static let nightDip = 0.6
  private static let quietestHour = 4.0
  private static let stepSeconds = 60.0

  let requestsPerDay: Double
  /// Of the dinner's rate to the day's mean.
  let dinnerFactor: Double
  /// From the evening's usual rate to the peak.
  let rampMinutes: Double
  /// Of the rest of the day, to the day's mean.
  private let rest: Double

  var meanPerSecond: Double { requestsPerDay / Self.daySeconds }
  var peakPerSecond: Double { meanPerSecond * dinnerFactor }

  init(
    requestsPerDay: Double, dinnerFactor: Double, rampMinutes: Double
  ) throws(CapacityProblem) {
    self.requestsPerDay = requestsPerDay
    self.dinnerFactor = dinnerFactor
    self.rampMinutes = rampMinutes
    var (dinner, others) = (0.0, 0.0)
    for second in stride(from: 0, to: Self.daySeconds, by: Self.stepSeconds) {
      let weight = Self.dinnerWeight(second, rampMinutes)
      dinner += weight
      others += (1 - weight) * Self.usual(second)
    }
    let steps = Self.daySeconds / Self.stepSeconds
    rest = (steps - dinnerFactor * dinner) / others
    guard rest > 0 else {
      throw CapacityProblem(
        description: "a dinner of \(dinnerFactor.fixed(1)) times the day's mean that comes within "
          + "\(rampMinutes.fixed(0)) minutes leaves nothing for the rest of the day")
    }
  }

  /// - Parameter second: of the day.
  func requestsPerSecond(_ second: Double) -> Double {
    let weight = Self.dinnerWeight(second, rampMinutes)
    return meanPerSecond
      * (rest * (1 - weight) * Self.usual(second) + dinnerFactor * weight)
  }

  private static func usual(_ second: Double) -> Double {
    1 - nightDip * cos(2 * .pi * (second / 3_600 - quietestHour) / 24)
  }

  /// 0 to 1, with cosine flanks.
  private static func dinnerWeight(_ second: Double, _ rampMinutes: Double) -> Double {
    let end = peakSecond + stayMinutes * 60
    if second <= peakSecond { return flank(peakSecond - second, rampMinutes * 60) }
    return second <= end ? 1 : flank(second - end, fallMinutes * 60)
  }

  private static func flank(_ away: Double, _ length: Double) -> Double {
    away >= length ? 0 : (1 + cos(.pi * away / length)) / 2
  }
}
