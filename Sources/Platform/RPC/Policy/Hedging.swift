package import Telemetry

/// When a call that is late gets a second copy at another replica, and how many may.
///
/// The delay is a quantile of the method's own latencies, so that it follows them; each call earns
/// a share of a hedge, so that hedges never add more than that share to the load. After Dean and
/// Barroso, "The Tail at Scale" (2013). Pure.
///
/// A copy that loses is cancelled and says nothing of its replica, with one exception: a replica that
/// loses `Ejection.outrunMax` races in a row, and answers nothing between them, is taken for silent
/// and ejected.
package struct Hedging: Sendable {
  package struct Settings: Equatable, Sendable {
    /// Most of the calls that may have a second copy, in thousandths; 0 turns hedging off.
    package var sharePermille: Int64 = 50
    /// Of its method's latencies, after which a call is late.
    package var quantile = 0.95
    /// Least time before a second copy: a loop's timers are not finer.
    package var delayLeastNanoseconds: Int64 = 1_000_000

    package init() {}
  }

  /// Answers that a delay must be known from.
  package static let samplesLeast: Float = 100
  /// Hedges that can be saved up, so that a quiet hour does not pay for a storm.
  package static let balanceMax: Int64 = 10
  /// Methods of one service that are hedged; more are not.
  package static let methodsMax = 64
  /// Answers after which a delay is looked up anew.
  private static let samplesPerLookup = 32

  private struct Lateness: Sendable {
    let method: String
    var history = LatencyHistory()
    var delay: Int64?
    var untilLookup = 0
  }

  package let settings: Settings
  private var methods: [Lateness] = []
  private var millis: Int64 = 0

  package init(_ settings: Settings = Settings()) { self.settings = settings }

  /// A call of a method that may be hedged begins.
  /// - Returns: how long to wait for its answer before a second copy is due; nil for no copy.
  package mutating func began(_ method: String) -> Int64? {
    guard settings.sharePermille > 0 else { return nil }
    millis = min(millis + settings.sharePermille, Self.balanceMax * 1_000)
    return methods.first { $0.method == method }?.delay
  }

  /// Takes a hedge out of what was saved up, if there is one.
  package mutating func withdraw() -> Bool {
    guard millis >= 1_000 else { return false }
    millis -= 1_000
    return true
  }

  /// What a first copy took, or what it had taken when another answer came first: all that matters
  /// of a late one is that it is late.
  package mutating func record(_ method: String, nanoseconds: Int64, _ now: Instant) {
    guard settings.sharePermille > 0 else { return }
    let index: Int
    if let known = methods.firstIndex(where: { $0.method == method }) {
      index = known
    } else {
      guard methods.count < Self.methodsMax else { return }
      index = methods.count
      methods.append(Lateness(method: method))
    }
    methods[index].history.record(nanoseconds: nanoseconds, now)
    methods[index].untilLookup -= 1
    guard methods[index].untilLookup <= 0 else { return }
    methods[index].untilLookup = Self.samplesPerLookup
    methods[index].delay =
      methods[index].history.total < Self.samplesLeast
      ? nil
      : methods[index].history.quantile(settings.quantile).map {
        max($0, settings.delayLeastNanoseconds)
      }
  }
}
