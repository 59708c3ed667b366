package import Definitions
package import Node
package import RPC
internal import Synchronization
internal import Telemetry

/// When the newest event happened that a replica has applied: a gauge for scrapers, and among what
/// callers are told of the replica, a few times a minute. Thread-safe.
package final class EventFreshness: Sendable {
  /// Callers show it to people, by the minute.
  static let tellMilliseconds: Int64 = 10_000

  private let newest: Atomic<Int64>
  private let advertiser: Advertiser
  private let tags: [String]
  private let times: [ServedTime]
  private let isTelling = Atomic<Bool>(false)

  /// - Parameters:
  ///   - metric: ends in `_timestamp_seconds`; NaN before the first event.
  ///   - newestMilliseconds: of the base log; 0 where that is empty.
  ///   - tags: what else the replica tells its callers.
  ///   - times: of what else it has loaded.
  package init(
    _ metric: String, newestMilliseconds: Int64, tags: [String], times: [ServedTime],
    in environment: ServiceEnvironment
  ) {
    newest = Atomic(newestMilliseconds)
    advertiser = environment.advertiser
    self.tags = tags
    self.times = times
    environment.metrics.gauge(metric, "Unix time of the newest event applied") { [self] in
      let milliseconds = self.newestMilliseconds
      return milliseconds > 0 ? Double(milliseconds) / 1_000 : .nan
    }
    tell()
  }

  /// Events may come in any order.
  package func applied(_ milliseconds: Int64) { newest.max(milliseconds, ordering: .relaxed) }

  var newestMilliseconds: Int64 { newest.load(ordering: .relaxed) }

  /// Goes on telling, on the first loop that asks for it.
  package func start(on loop: EventLoop) {
    guard !isTelling.exchange(true, ordering: .relaxed) else { return }
    tellLater(on: loop)
  }

  private func tellLater(on loop: EventLoop) {
    let next = Instant.now().adding(milliseconds: Self.tellMilliseconds)
    _ = loop.schedule(at: next) { [weak self, weak loop] in
      guard let self, let loop else { return }
      tell()
      tellLater(on: loop)
    }
  }

  func tell() {
    let milliseconds = newestMilliseconds
    let newest =
      milliseconds > 0 ? [ServedTime(.event, "log", unixMilliseconds: milliseconds)] : []
    advertiser.advertise(ServedTime.tags(tags, times + newest))
  }
}
