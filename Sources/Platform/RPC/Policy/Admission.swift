package import Telemetry

/// What a server's loop takes in: an adaptive number of calls that run, and before them a queue that
/// holds only what is likely to be begun in time. Pure.
///
/// A call is refused on arrival, before its body is looked at, when it would have to wait for more
/// than a share of its caller's time, by the pace at which calls are begun at the moment. So a burst
/// is taken in by those who have time, while a queue that stands never grows until all in it are late.
package struct Admission<Element> {
  /// Of a caller's time that waiting may take, in thousandths: the kernel's buffers before us may
  /// have held the call for as long, and it has yet to be answered.
  package static var waitPermilleMax: Int64 { 125 }

  private let settings: AdmissionSettings
  private var queue = AdmissionQueue<Element>()
  private var concurrency: ConcurrencyLimit
  package private(set) var running = 0
  private var pace = StartPace()

  package init(_ settings: AdmissionSettings = AdmissionSettings()) {
    self.settings = settings
    concurrency = ConcurrencyLimit(settings.limit)
  }

  package var queued: Int { queue.count }
  package var limit: Int { settings.isAdaptive ? concurrency.limit : .max }

  package enum Arrival {
    case queued
    case refused
    /// Queued in the place of another one, which is to be refused.
    case insteadOf(Element)
    /// Queued in the place of another one, whose time is over.
    case insteadOfExpired(Element)
  }

  /// - Parameter usefulUntil: the end of the time that its handler plans with, where that is not all
  ///   of its caller's.
  package mutating func arrived(
    _ element: Element, priority: UInt32, deadline: Instant,
    usefulUntil: Instant = .distantFuture, _ now: Instant
  ) -> Arrival {
    // Less urgent calls are behind it anyway: to throw them out would save it no time.
    if isTooLong(priority, min(deadline, usefulUntil), now) { return .refused }
    guard queue.count >= settings.queueDepthMax else {
      queue.append(element, priority: priority, deadline: deadline)
      return .queued
    }
    switch queue.shed(for: priority, now) {
    case nil: return .refused
    case .run(let other):
      queue.append(element, priority: priority, deadline: deadline)
      return .insteadOf(other)
    case .expired(let other):
      queue.append(element, priority: priority, deadline: deadline)
      return .insteadOfExpired(other)
    }
  }

  private func isTooLong(_ priority: UInt32, _ end: Instant, _ now: Instant) -> Bool {
    guard settings.isAdaptive, pace.nanoseconds > 0 else { return false }
    let left = Double(max(0, end.nanoseconds(since: now)))
    let aheadMax = left * Double(Self.waitPermilleMax) / 1_000 / pace.nanoseconds
    let ahead = queue.ahead(of: priority)
    // What has expired takes no time, and is looked for only where that may help.
    return Double(ahead) > aheadMax
      && Double(ahead - queue.expired(aheadOf: priority, now)) > aheadMax
  }

  /// The next call to begin, or to answer for as expired; nil when as many run as may, or none wait.
  /// To be asked after every start, as soon as another call could begin: so the pace is known.
  package mutating func next(_ now: Instant) -> AdmissionQueue<Element>.Turn? {
    guard running < limit else {
      pace.held(isWaiting: !queue.isEmpty)
      return nil
    }
    pace.couldStart(now)
    guard let turn = queue.next(now) else { return nil }
    if case .run = turn { pace.started(now) }
    return turn
  }

  /// Goes through those that wait, the youngest of each priority first, until `hold` says false.
  package func holdQueued(_ hold: (Element) -> Bool) { queue.forEachYoungest(hold) }

  /// The call that was to run waits for others; it counts until `ended`.
  package mutating func began() { running += 1 }

  /// - Parameter latencyNanoseconds: from the handler's start; nil when it was cut short.
  package mutating func ended(
    latencyNanoseconds: Int64?, usual: inout UsualLatency, _ now: Instant
  ) {
    defer { running = max(0, running - 1) }
    guard settings.isAdaptive, let latencyNanoseconds else { return }
    concurrency.ended(
      latencyNanoseconds: latencyNanoseconds, running: running, usual: &usual, now)
  }
}
