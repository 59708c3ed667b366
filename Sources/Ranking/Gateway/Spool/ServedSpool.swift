internal import Definitions
internal import Events
internal import Messages
internal import RPC
internal import Storage
internal import Synchronization
internal import Telemetry

/// What was served, kept on this gateway's own disk before the answer leaves: an impression for
/// each item, so that what the model learns from does not depend on another process being up.
///
/// One record holds all events of one answer: a record that a crash cut short loses an answer that
/// never left, and no answer is ever there in part.
final class ServedSpool: Sendable {
  /// Appends that wait for the disk at once: a slow disk is at a few hundred syncs a second, so the
  /// last one waits for a fraction of one.
  static let syncsWaitingMax = 64

  let store: SpoolStore
  let worker: Worker
  let metrics: SpoolMetrics
  private let check = EventCheck()
  private let syncsWaiting = Atomic<Int>(0)
  private let isForwarded = Atomic<Bool>(false)
  /// Of the one that forwards; see `finish`.
  let finishForwarding = Guarded<(@Sendable (@escaping @Sendable () -> Void) -> Void)?>(nil)

  init(
    path: String, bytesMax: Int, segmentBytes: Int = SpoolStore.segmentBytes, log: Log,
    metrics registry: MetricsRegistry
  ) throws(StorageError) {
    let metrics = SpoolMetrics(registry)
    store = try SpoolStore(path: path, bytesMax: bytesMax, segmentBytes: segmentBytes) {
      log.error("a part of the spool is lost", ["error": $0])
    }
    self.metrics = metrics
    worker = Worker(name: "spool")
    metrics.watch(store, in: registry)
    prepareNext(nowMilliseconds: wallClockMilliseconds())
  }

  deinit { worker.stop() }

  /// True once: for the loop that forwards.
  func claimForwarding() -> Bool { !isForwarded.exchange(true, ordering: .relaxed) }

  /// Returns when the kernel has it: this process may be killed then.
  func keep(
    _ question: RankQuestion, _ items: [RankedItem],
    nowMilliseconds: Int64 = wallClockMilliseconds()
  ) {
    guard !items.isEmpty else { return }
    var request = AppendRequest()
    request.events = items.enumerated().map { Self.impression(question, $1, position: $0 + 1) }
    // A request may bring a `now` of its own, and the log takes none from the future.
    guard check.problem(in: request.events, nowMilliseconds: nowMilliseconds) == nil else {
      return metrics.dropped(items.count, .refused)
    }
    _ = write(request, nowMilliseconds)
  }

  /// Returns when the disk has it: this machine may lose its power then.
  func keepDurably(
    _ request: AppendRequest, nowMilliseconds: Int64 = wallClockMilliseconds()
  ) async throws(RPCError) {
    let waiting = syncsWaiting.add(1, ordering: .relaxed).newValue
    defer { syncsWaiting.subtract(1, ordering: .relaxed) }
    guard waiting <= Self.syncsWaitingMax else {
      throw RPCError(
        .resourceExhausted, "\(waiting - 1) appends wait for the spool's disk",
        advice: .notStarted)
    }
    switch write(request, nowMilliseconds) {
    case .written(let segment):
      let folder = store.folder
      let problem = await worker.run { () -> String? in
        do throws(StorageError) {
          try folder.synchronize(segment)
          return nil
        } catch {
          return error.description
        }
      }
      guard let problem else { throw RPCError(.unavailable, "the spool is closed") }
      if let problem { throw RPCError(.unavailable, "the spool: \(problem)") }
    case .full:
      throw RPCError(.resourceExhausted, "the spool is full", advice: .notStarted)
    case .failed(let problem):
      throw RPCError(.unavailable, "the spool: \(problem)")
    }
  }

  private func write(_ request: AppendRequest, _ nowMilliseconds: Int64) -> SpoolStore.Kept {
    let kept = store.append(request.encoded(), nowMilliseconds: nowMilliseconds)
    switch kept {
    case .written: metrics.spooled.increment(by: UInt64(request.events.count))
    case .full: metrics.dropped(request.events.count, .full)
    case .failed: metrics.dropped(request.events.count, .failed)
    }
    prepareNext(nowMilliseconds: nowMilliseconds)
    return kept
  }

  private func prepareNext(nowMilliseconds: Int64) {
    guard store.beginPreparing(nowMilliseconds: nowMilliseconds) else { return }
    // Not self: the worker must not be the last to hold who stops it.
    worker.post { [store] in store.prepare(nowMilliseconds: nowMilliseconds) }
  }

  private static func impression(
    _ question: RankQuestion, _ item: RankedItem, position: Int
  ) -> Event {
    var event = Event()
    event.id = "\(question.requestID)/\(position)"
    event.kind = .impression
    event.timeMilliseconds = question.nowMilliseconds
    event.userID = question.userID
    event.itemID = item.id
    event.requestID = question.requestID
    event.position = UInt32(position)
    event.place = question.coordinate.place
    return event
  }
}
