package import Messages
package import Node
internal import RPC
internal import Storage
internal import Telemetry

/// The log that goes on behind a base log: a tail on disk, its newest events in memory, and who may
/// write. Only synced events are applied, served to followers or acknowledged. Thread-safe.
package final class LiveLog: LogCopy {
  /// Events handed to the service at once, between which it answers requests.
  static let applyBatch = 100

  struct Committed: Sendable {
    var position: UInt64
    var appended: Int
  }

  struct Waiting {
    let events: [Event]
    let answer: OneShot<Result<Committed, RPCError>>
  }

  struct State {
    var history: LogHistory
    var recent: RecentEvents
    var leadership: LogLeadership
    /// A writer that starts asks the others first whether there is another one by now.
    var hasAskedPeers: Bool
    /// It is to begin the log, unless it hears that others have one: then it has lost its own state.
    var isFounding: Bool
    /// It began the log, in this process.
    var isFounded = false
    /// Why nothing can be taken until a restart.
    var failure: String?
    /// Nil before a writer was heard.
    var announced: AnnouncedEnd?
    var copies = LogCopies()
    var waiting: [Waiting] = []
    var waitingEvents = 0
    var followers: [OneShot<Void>] = []
    var copyWaiters: [(position: UInt64, shot: OneShot<Void>)] = []

    var end: UInt64 { history.end.position }
    /// It began the log, of which nobody has anything yet.
    var isUntouched: Bool { isFounded && leadership.isWriter && end == history.base.position }
  }

  let settings: LogSettings
  let name: String
  let log: Log
  let metrics: LogMetrics
  let state: Guarded<State>
  let tail: LogTail
  let tailReader: LogTailReader
  let worker = Worker(name: "log")
  let readingWorker = Worker(name: "log-reader")
  private let apply: @Sendable ([Event]) -> Void

  /// Opens or begins the folder's tail, and applies what it holds.
  /// - Parameters:
  ///   - base: the end of the base log, whose events have been applied.
  ///   - seen: their ids, with the settings' horizon.
  ///   - apply: puts events into the service's state, in order; called on the log's own thread.
  package init(
    _ settings: LogSettings, folder: String, base: LogMark, seen: SeenEvents,
    in environment: ServiceEnvironment, apply: @escaping @Sendable ([Event]) -> Void
  ) throws(LogProblem) {
    self.settings = settings
    self.apply = apply
    name = environment.identity.replica
    log = environment.log
    metrics = LogMetrics(environment.metrics)
    let known = try LogState.read(in: folder, base: base)
    var history = LogHistory(base: base)
    var recent = RecentEvents(after: base.position)
    var batch: [Event] = []
    tail = try LogTail(folder: folder, base: base, seen: seen) { event in
      history.append(event.id)
      recent.append(event)
      batch.append(event)
      if batch.count == Self.applyBatch {
        apply(batch)
        batch = []
      }
    }
    apply(batch)
    if known == nil, history.end != base {
      throw LogProblem("\(folder) has events but no \(LogState.fileName): whose log is it?")
    }
    tailReader = LogTailReader(path: tail.path, base: base.position)
    let isFounding = known == nil && settings.isFounder && !settings.follow.isEmpty
    let leadership =
      known?.leadership
      ?? (settings.isFounder && !isFounding ? .founder : LogLeadership())
    state = Guarded(
      State(
        history: history, recent: recent, leadership: leadership,
        hasAskedPeers: settings.follow.isEmpty, isFounding: isFounding))
    // A founder keeps nothing before it has asked: it would be taken for the writer after a restart.
    if known == nil, !isFounding {
      do throws(StorageError) {
        try LogState(base: base, leadership: leadership).write(in: folder)
      } catch { throw LogProblem("\(error)") }
    }
    show(environment.metrics)
    log.info(
      "log opened",
      [
        "base": base.position, "position": history.end.position, "tail": "\(tail.end)",
        "epoch": leadership.epoch, "writer": leadership.isWriter,
      ])
  }

  private func show(_ registry: MetricsRegistry) {
    let state = state
    registry.gauge("brigade_events_log_position", "Events in this replica's log") {
      Double(state.withLock { $0.end })
    }
    registry.gauge("brigade_events_epoch", "Of the log's writer, as far as known here") {
      Double(state.withLock { $0.leadership.epoch })
    }
    registry.gauge("brigade_events_writer", "1 while this replica writes the log") {
      state.withLock { $0.leadership.isWriter } ? 1 : 0
    }
  }

  /// Lets what waits finish, and ends the threads. Nothing is taken or read any more.
  package func shutDown() {
    worker.stop()
    readingWorker.stop()
    tail.close()
  }

  /// On the worker, with events that are synced.
  func publish(_ events: [Event]) {
    let waiting = state.withLock { state in
      for event in events {
        state.history.append(event.id)
        state.recent.append(event)
      }
      defer { state.followers = [] }
      return state.followers
    }
    for follower in waiting { follower.give(()) }
    var rest = events[...]
    while !rest.isEmpty {
      apply(Array(rest.prefix(Self.applyBatch)))
      rest = rest.dropFirst(Self.applyBatch)
    }
  }

  /// On the worker: nobody knows what is on the disk, so that nothing more may be said about it.
  func fail(_ error: StorageError) -> RPCError {
    log.error("the log can't be written; appends are refused until a restart", ["error": error])
    state.withLock { $0.failure = "\(error)" }
    return RPCError(.unavailable, "the log: \(error)")
  }

  // MARK: Leadership

  package var follows: Bool {
    state.withLock { !$0.leadership.isWriter && $0.failure == nil }
  }
  package var mark: LogMark { state.withLock { $0.history.end } }
  package var epoch: UInt64 { state.withLock { $0.leadership.epoch } }
  package var isDurable: Bool { true }

  package func peersAsked(longest position: UInt64) {
    let (begins, leaves) = state.withLock { state -> (Bool, Bool) in
      let othersHaveMore = position > state.history.base.position
      guard state.isFounding else {
        state.hasAskedPeers = true
        return (false, state.isUntouched && othersHaveMore)
      }
      state.isFounding = false
      let isFirst = !othersHaveMore && state.announced == nil
      return (isFirst, !isFirst)
    }
    if begins { worker.post { [self] in found() } }
    if leaves { worker.post { [self] in leaveToOthers(longest: position) } }
  }

  /// On the worker: begins the log.
  private func found() {
    let known = state.withLock { $0.leadership }
    // An epoch of which others have heard had its writer.
    let leadership = known.promoted(to: known.epoch &+ 1) ?? known
    do throws(StorageError) { try keepLeadership(leadership) } catch {
      _ = fail(error)
      return
    }
    state.withLock { state in
      if leadership.epoch > state.leadership.epoch { state.leadership = leadership }
      state.isFounded = true
      state.hasAskedPeers = true
    }
  }

  /// On the worker, so that no append is half-way: others have what this replica was to begin.
  private func leaveToOthers(longest position: UInt64) {
    let leadership: LogLeadership? = state.withLock { state in
      guard state.isUntouched || !state.leadership.isWriter else { return nil }
      state.leadership = LogLeadership(epoch: state.leadership.epoch)
      state.hasAskedPeers = true
      // It lacks those events like one that heard of them from the writer.
      if position > state.end, state.announced == nil {
        state.announced = AnnouncedEnd(position, of: state.leadership.epoch)
      }
      return state.leadership
    }
    guard let leadership else { return }
    log.error(
      "the others have a log that this replica, which was to begin one, has lost; it follows: "
        + "where nobody writes, promote the replica with the most events",
      ["longest": position])
    do throws(StorageError) { try keepLeadership(leadership) } catch { _ = fail(error) }
  }

  package func hear(of epoch: UInt64) {
    let (changed, stepsDown) = state.withLock { state in
      let wasWriter = state.leadership.isWriter
      return (state.leadership.hear(of: epoch), wasWriter)
    }
    guard changed else { return }
    if stepsDown { log.warn("stepping down: the log has another writer", ["epoch": epoch]) }
    worker.post { [self] in
      do throws(StorageError) { try keepLeadership(state.withLock { $0.leadership }) } catch {
        log.error("can't keep the epoch", ["error": error])
      }
    }
  }

  package func hear(end position: UInt64, of epoch: UInt64) {
    state.withLock { state in
      var announced = state.announced ?? AnnouncedEnd(position, of: epoch)
      announced.hear(position, of: epoch)
      state.announced = announced
    }
  }

  /// On the worker.
  private func keepLeadership(_ leadership: LogLeadership) throws(StorageError) {
    try LogState(base: tail.base, leadership: leadership).write(in: tail.folder)
  }

  package func differs(_ reason: String) {
    state.withLock { $0.failure = "it differs from the writer's: \(reason)" }
  }

  /// Makes this replica the writer. Synced before it counts.
  func promote(_ request: PromoteRequest) async throws(RPCError) -> PromoteResponse {
    let result = await worker.run { [self] in
      promoteNow(to: request.epoch, isForced: request.force)
    }
    guard let result else { throw .notStarted("the log is closed") }
    return try result.get()
  }

  private func promoteNow(
    to epoch: UInt64, isForced: Bool
  ) -> Result<PromoteResponse, RPCError> {
    let (known, failure, missing) = state.withLock {
      ($0.leadership, $0.failure, $0.announced?.missing(at: $0.end))
    }
    if let failure { return .failure(.refused("the log is unusable: \(failure)")) }
    if let missing, !known.isWriter, !isForced { return .failure(.refused(missing)) }
    guard let promoted = known.promoted(to: epoch) else {
      return .failure(.refused("epoch: \(epoch) is not higher than \(known.epoch), which is known"))
    }
    do throws(StorageError) { try keepLeadership(promoted) } catch {
      return .failure(RPCError(.unavailable, "the epoch can't be kept: \(error)"))
    }
    // An epoch heard of meanwhile may be higher.
    let end: UInt64? = state.withLock { state in
      guard promoted.epoch >= state.leadership.epoch else { return nil }
      state.leadership = promoted
      state.hasAskedPeers = true
      state.isFounding = false
      state.announced = nil
      return state.end
    }
    guard let end else { return .failure(.refused("a higher epoch was heard of meanwhile")) }
    log.warn(
      "promoted: this replica writes the log",
      ["epoch": epoch, "position": end, "lost": missing ?? "nothing known"])
    var response = PromoteResponse()
    response.epoch = epoch
    response.position = end
    return .success(response)
  }
}

extension RPCError {
  /// The state of things has to change first, which trying again does not.
  static func refused(_ message: String) -> RPCError {
    RPCError(.failedPrecondition, message, advice: .never)
  }
}
