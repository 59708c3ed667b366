/// The time that a request asks about.
///
/// An event at time t is visible to requests with `now` > t, and not at t itself: what is shown and
/// ordered in one millisecond must not explain itself. A window of w holds t with now − w ≤ t < now. A
/// decayed sum is as of one millisecond before `now`.
struct RequestInstant: Sendable {
  let milliseconds: Int64

  /// 8.64e15, as in ECMAScript's dates: 275,000 years either way. Times beyond are nobody's clock, and
  /// within it no difference with a window overflows.
  static let magnitudeMax: Int64 = 8_640_000_000_000_000

  /// Times beyond `magnitudeMax` are taken for the nearest within.
  init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, -Self.magnitudeMax), Self.magnitudeMax)
  }

  static func isSane(_ timeMilliseconds: Int64) -> Bool {
    (-magnitudeMax...magnitudeMax).contains(timeMilliseconds)
  }

  var lastVisible: Int64 { milliseconds - 1 }

  /// Exclusive: the last millisecond that the window does not hold.
  func start(of window: TimeSpan) -> Int64 {
    switch window {
    case .all: Int64.min
    case .milliseconds(let span): milliseconds - span - 1
    }
  }
}
