internal import Messages
internal import Telemetry

/// What a gateway did in the last quarter of an hour, by steps of five seconds: about half a
/// megabyte. Pure.
struct ActivityHistory: Sendable {
  static let stepSeconds: Int64 = 5
  /// The step that runs, and a quarter of an hour before it.
  static let stepsMax = 181
  /// Whole steps that present figures are of, besides the one that runs.
  static let windowSteps = 6

  private static let stepNanoseconds = stepSeconds * 1_000_000_000

  /// The oldest first; the last one runs.
  private(set) var steps = [ActivityBucket()]
  /// When the one that runs began.
  private(set) var lastStart: Instant
  private var turnedAwayBefore = 0

  init(now: Instant) { lastStart = now }

  /// Ends steps that are over. To be called a few times a second, so that quiet ones are there too.
  mutating func advance(_ now: Instant) {
    let passed = now.nanoseconds(since: lastStart) / Self.stepNanoseconds
    guard passed > 0 else { return }
    lastStart = lastStart.adding(nanoseconds: passed * Self.stepNanoseconds)
    // After a long pause nothing of before is left to show.
    for _ in 0..<min(passed, Int64(Self.stepsMax)) { steps.append(ActivityBucket()) }
    steps.removeFirst(max(0, steps.count - Self.stepsMax))
    // Only figures of the present are told by replica.
    let old = steps.count - 1 - Self.windowSteps
    for index in max(0, old - Int(clamping: passed))..<max(0, old) { steps[index].replicas = [:] }
  }

  mutating func record(_ now: Instant, _ change: (inout ActivityBucket) -> Void) {
    advance(now)
    change(&steps[steps.count - 1])
  }

  /// - Parameter total: turned away since the process began.
  mutating func turnedAway(total: Int, _ now: Instant) {
    let more = max(0, total - turnedAwayBefore)
    turnedAwayBefore = total
    record(now) { $0.turnedAway += more }
  }

  /// The figures of about the last half minute, and the seconds that they are of.
  func window(_ now: Instant) -> (sum: ActivityBucket, seconds: Double) {
    let last = steps.suffix(Self.windowSteps + 1)
    var sum = ActivityBucket()
    for step in last { sum.add(step) }
    let running = Double(now.nanoseconds(since: lastStart)) / 1e9
    // Rates of the first moments would be of next to nothing.
    return (sum, max(1, running + Double((last.count - 1) * Int(Self.stepSeconds))))
  }

  /// Those that are over, and the age of the first one's beginning.
  func whole(_ now: Instant) -> (steps: ArraySlice<ActivityBucket>, ageNanoseconds: Int64) {
    let whole = steps.dropLast()
    return (
      whole, now.nanoseconds(since: lastStart) + Int64(whole.count) * Self.stepNanoseconds
    )
  }
}
