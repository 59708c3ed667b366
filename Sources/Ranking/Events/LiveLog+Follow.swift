internal import Messages
package import RPC
internal import Telemetry

/// Giving events to followers.
extension LiveLog {
  /// Events of one answer where the request names no number, and the most of any; these have some
  /// 6 MB at their longest.
  static let followEvents = 1_000
  static let followEventsMax = 5_000
  /// Longest wait: a replica that drains waits for its calls.
  static let followMillisecondsMax: UInt32 = 1_000
  /// More than a cluster's followers.
  static let followersWaitingMax = 1_000

  func follow(_ request: FollowRequest, _ call: CallContext) async throws(RPCError)
    -> FollowResponse
  {
    let now = Instant.now()
    let waits = try accept(request, now: now)
    if let shot = waits {
      call.onCancel { shot.give(()) }
      let patience = Int64(min(request.waitMilliseconds, Self.followMillisecondsMax))
      await shot.value(before: now.adding(milliseconds: patience), on: call.loop)
      state.withLock { $0.followers.removeAll { $0 === shot } }
    }
    let limit =
      request.eventsMax == 0
      ? Self.followEvents : min(Int(request.eventsMax), Self.followEventsMax)
    return try await response(after: request.after, limit: limit)
  }

  /// Compares the follower's log and notes what it has; gives what to wait for when there is
  /// nothing behind it yet.
  private func accept(
    _ request: FollowRequest, now: Instant
  ) throws(RPCError) -> OneShot<Void>? {
    let (difference, waits) = state.withLock { state -> (RPCError?, OneShot<Void>?) in
      // Whose log is the right one shows when the peers are asked next, which must find this follower
      // still following.
      if state.isUntouched, request.after > state.end {
        return (.notStarted("this log has only begun, and another one is there"), nil)
      }
      // A replica that is behind itself can't judge who is ahead of it.
      let isBehind = request.after > state.end && !state.leadership.isWriter
      if !isBehind, request.chain != 0 || request.after < state.history.base.position,
        let difference = state.history.difference(at: request.after, chain: request.chain)
      {
        return (.refused(difference), nil)
      }
      if !request.replica.isEmpty, request.replica != name, !isBehind {
        state.acknowledge(request.replica, request.after, now)
      }
      // Who knows of a higher epoch does not follow this replica. Whether there is one, this replica's
      // own peers tell: a caller's word would end the writer's work for good.
      guard request.epoch <= state.leadership.epoch, request.after >= state.end,
        request.waitMilliseconds > 0, state.followers.count < Self.followersWaitingMax
      else { return (nil, nil) }
      let shot = OneShot<Void>()
      state.followers.append(shot)
      return (nil, shot)
    }
    if let difference { throw difference }
    return waits
  }

  private func response(after: UInt64, limit: Int) async throws(RPCError) -> FollowResponse {
    var (response, recent) = state.withLock { state in
      var response = FollowResponse()
      response.position = state.end
      response.epoch = state.leadership.epoch
      response.writer = state.leadership.isWriter && state.failure == nil
      return (response, state.recent.events(after: after, limit: limit))
    }
    if recent == nil {
      let end = response.position
      let result = await readingWorker.run { [tailReader] in
        Result { () throws(LogProblem) in
          try tailReader.read(after: after, through: end, limit: limit)
        }
      }
      switch result {
      case .success(let events): recent = events
      case .failure(let problem): throw RPCError(.dataLoss, "\(problem)", advice: .never)
      case nil: throw .notStarted("the log is closed")
      }
    }
    response.events = recent ?? []
    return response
  }
}

extension LiveLog.State {
  fileprivate mutating func acknowledge(_ name: String, _ position: UInt64, _ now: Instant) {
    copies.acknowledge(name, position: position, now: now)
    copyWaiters.removeAll { waiter in
      guard waiter.position <= position else { return false }
      waiter.shot.give(())
      return true
    }
  }
}

extension Optional where Wrapped == LiveLog {
  /// Adds the Events methods. Without a log they are there as well, and say so.
  package func addMethods(to table: inout MethodTable) {
    let check = EventCheck()
    let live = self
    table.answer(
      .append,
      waiting: { (request, call) async throws(RPCError) in
        if let problem = check.problem(in: request.events, nowMilliseconds: wallClockMilliseconds())
        {
          throw .invalidArgument(problem)
        }
        guard let live else { throw .refused("this replica keeps no live log") }
        return try await live.append(request.events, on: call.loop)
      })
    table.answer(
      .follow,
      waiting: { (request, call) async throws(RPCError) in
        guard let live else {
          throw RPCError(.unimplemented, "this replica keeps no live log", advice: .never)
        }
        return try await live.follow(request, call)
      })
    table.answer(
      .promote,
      waiting: { (request, _) async throws(RPCError) in
        guard let live else { throw .refused("this replica keeps no live log") }
        return try await live.promote(request)
      })
  }
}
