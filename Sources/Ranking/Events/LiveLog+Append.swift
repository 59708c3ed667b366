package import Messages
internal import RPC
internal import Storage
internal import Telemetry

/// Taking events: those that wait are written together and synced once.
extension LiveLog {
  /// Answers once the events are synced here, and on a follower as far as one follows.
  func append(_ events: [Event], on loop: EventLoop) async throws(RPCError) -> AppendResponse {
    let committed = try await enqueue(events).value().get()
    let (copies, epoch) = await copies(of: committed.position, on: loop)
    var response = AppendResponse()
    response.position = committed.position
    response.appended = UInt32(clamping: committed.appended)
    response.copies = UInt32(clamping: copies)
    response.epoch = epoch
    return response
  }

  private func enqueue(
    _ events: [Event]
  ) throws(RPCError) -> OneShot<Result<Committed, RPCError>> {
    let waiting = Waiting(events: events, answer: OneShot())
    let (isFirst, refusal) = state.withLock { state in
      if let refusal = state.refusal { return (false, RPCError?.some(refusal)) }
      guard state.waitingEvents + events.count <= settings.waitingEventsMax else {
        return (false, .notStarted("\(state.waitingEvents) events wait for the disk"))
      }
      state.waiting.append(waiting)
      state.waitingEvents += events.count
      return (state.waiting.count == 1, nil)
    }
    if let refusal { throw refusal }
    if isFirst, !worker.post({ [self] in commit() }) { throw .notStarted("the log is closed") }
    return waiting.answer
  }

  /// On the worker: everything that waits, with one sync.
  private func commit() {
    let start = Instant.now()
    let (batch, refusal) = state.withLock { state in
      defer { (state.waiting, state.waitingEvents) = ([], 0) }
      return (state.waiting, state.refusal)
    }
    if let refusal { return batch.forEach { $0.answer.give(.failure(refusal)) } }
    let fresh = batch.map { $0.events.filter { tail.seen.insert($0.id) } }
    let events = fresh.flatMap { $0 }
    do throws(StorageError) {
      if !events.isEmpty { try tail.append(events) }
    } catch {
      let failure = fail(error)
      return batch.forEach { $0.answer.give(.failure(failure)) }
    }
    metrics.commit.record(nanoseconds: Instant.now().nanoseconds(since: start))
    metrics.appended.increment(by: UInt64(events.count))
    metrics.duplicates.increment(
      by: UInt64(batch.reduce(0) { $0 + $1.events.count } - events.count))
    publish(events)
    // One that was seen before may stand anywhere up to the end.
    let end = mark.position
    for (waiting, fresh) in zip(batch, fresh) {
      waiting.answer.give(.success(Committed(position: end, appended: fresh.count)))
    }
  }

  private func copies(
    of position: UInt64, on loop: EventLoop
  ) async -> (copies: Int, epoch: UInt64) {
    let shot = OneShot<Void>()
    let now = Instant.now()
    let waits = state.withLock { state in
      guard state.copies.count(of: position) == 0, state.copies.isAnyoneFollowing(now) else {
        return false
      }
      state.copyWaiters.append((position, shot))
      return true
    }
    if waits {
      let patience = Int64(settings.copyWaitMilliseconds)
      await shot.value(before: now.adding(milliseconds: patience), on: loop)
    }
    return state.withLock { state in
      state.copyWaiters.removeAll { $0.shot === shot }
      return (1 + state.copies.count(of: position), state.leadership.epoch)
    }
  }

  /// What the writer has sent, synced before it counts.
  package func take(_ events: [Event], after mark: LogMark, epoch: UInt64) async -> Bool {
    await worker.run { [self] in
      let isNext = state.withLock { state in
        !state.leadership.isWriter && state.failure == nil && state.history.end == mark
          && epoch >= state.leadership.epoch
      }
      guard isNext else { return true }
      do throws(StorageError) { try tail.append(events) } catch {
        _ = fail(error)
        return false
      }
      for event in events { tail.seen.insert(event.id) }
      publish(events)
      return true
    } ?? false
  }
}

extension LiveLog.State {
  /// Why nothing can be appended here.
  fileprivate var refusal: RPCError? {
    if let failure { return .notStarted("the log is unusable until a restart: \(failure)") }
    if !leadership.isWriter {
      return .misdirected("this replica does not write the log (epoch \(leadership.epoch))")
    }
    if !hasAskedPeers {
      return .notStarted("the writer first asks the others whether it still is")
    }
    return nil
  }
}
