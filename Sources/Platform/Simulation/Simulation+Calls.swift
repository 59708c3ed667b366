internal import RPC
internal import Telemetry

/// The callers' side: what `Call` and `Channel` do around the policies, without sockets.
extension Simulation {
  /// Calls that one caller begins in this moment, beside what the load has it ask.
  package mutating func ask(_ times: Int, of caller: Int, deadlineMilliseconds: Int64) {
    let deadline = clock.adding(milliseconds: deadlineMilliseconds)
    for _ in 0..<times { beginCall(of: caller, deadline) }
  }

  private mutating func beginCall(of caller: Int, _ deadline: Instant) {
    let isUrgent = load.urgentShare > 0 && random.unit() < load.urgentShare
    let state = CallState(
      CallState.Terms(
        method: "simulated", safety: load.safety, isHedged: load.isHedged,
        deadline: deadline, attemptNanoseconds: load.attemptMilliseconds * 1_000_000))
    let slot = slot(
      for: Call(
        state: state, caller: caller, start: clock, deadline: deadline, isUrgent: isUrgent,
        generation: 0))
    let step = calls[slot].state.begin(clock, &callers[caller].routing)
    perform(step, slot, isAnswered: false)
  }

  private mutating func slot(for call: Call) -> Int {
    guard let free = freeCalls.popLast() else {
      calls.append(call)
      return calls.count - 1
    }
    let generation = calls[free].generation &+ 1
    calls[free] = call
    calls[free].generation = generation
    return free
  }

  private static func isWanted(_ job: Job, _ calls: [Call]) -> Bool {
    let slot = Int(job.call.slot)
    return calls[slot].generation == job.call.generation
      && calls[slot].state.isRunning(job.attempt)
  }

  private mutating func perform(_ step: CallStep, _ slot: Int, isAnswered: Bool) {
    leave(slot, step.leaving.0)
    leave(slot, step.leaving.1)
    if let (number, replica, _) = step.sending { send(slot, number, replica) }
    if step.end != nil { return finish(slot, isAnswered: isAnswered && step.end == .byEvent) }
    let wakeAt = calls[slot].state.wakeAt
    guard wakeAt < calls[slot].plannedWake else { return }
    calls[slot].plannedWake = wakeAt
    events.plan(.wake(key(slot)), at: max(wakeAt, clock))
  }

  private func key(_ slot: Int) -> CallKey {
    CallKey(slot: Int32(slot), generation: calls[slot].generation)
  }

  private mutating func send(_ slot: Int, _ number: UInt8, _ replica: Int) {
    calls[slot].askedOf[Int(number) - 1] = Int32(replica)
    let call = calls[slot]
    guard let arrival = planArrival(of: call.caller, at: replica) else { return }
    let left = call.deadline.nanoseconds(since: clock)
    let job = Job(
      call: key(slot), attempt: number, priority: call.isUrgent ? 1 : 0,
      deadline: arrival.adding(nanoseconds: left), begun: arrival)
    events.plan(.delivery(job, replica: Int32(replica)), at: arrival)
  }

  /// Tells a replica that an attempt is not wanted, which it learns when it hears of it.
  private mutating func leave(_ slot: Int, _ number: UInt8) {
    guard number > 0 else { return }
    let replica = calls[slot].askedOf[Int(number) - 1]
    guard let arrival = planArrival(of: calls[slot].caller, at: Int(replica)) else { return }
    events.plan(
      .cancel(JobKey(call: key(slot), attempt: number), replica: replica), at: arrival)
  }

  /// When what is sent now arrives; nil where the link is cut.
  private mutating func planArrival(of caller: Int, at replica: Int) -> Instant? {
    guard !callers[caller].isCut[replica] else { return nil }
    let last = callers[caller].lastSent[replica]
    guard last.time != clock else { return last.arrival }
    let arrival = max(clock.adding(nanoseconds: networkDelay()), last.arrival)
    callers[caller].lastSent[replica] = Sent(time: clock, arrival: arrival)
    return arrival
  }

  private mutating func finish(_ slot: Int, isAnswered: Bool) {
    let call = calls[slot]
    result.outcomes.append(
      Outcome(
        startNanoseconds: sinceStart(call.start),
        latencyNanoseconds: clock.nanoseconds(since: call.start), isAnswered: isAnswered,
        isUrgent: call.isUrgent))
    freeCalls.append(slot)
    // Events that are still under way know the call by its generation.
    calls[slot].generation &+= 1
  }

  mutating func wake(_ key: CallKey) {
    let slot = Int(key.slot)
    guard calls[slot].generation == key.generation else { return }
    calls[slot].plannedWake = .distantFuture
    let step = calls[slot].state.wake(
      clock, hasLeft: true, &callers[calls[slot].caller].routing)
    perform(step, slot, isAnswered: false)
  }

  mutating func answered(
    _ job: Job, _ replica: Int, _ code: Code, _ advice: RetryAdvice, _ load: ReplicaLoad
  ) {
    guard Self.isWanted(job, calls) else { return }
    let slot = Int(job.call.slot)
    let caller = calls[slot].caller
    guard !callers[caller].isCut[replica] else { return }
    if code == .ok {
      let step = calls[slot].state.answered(
        job.attempt, load: load, clock, &callers[caller].routing)
      perform(step, slot, isAnswered: true)
    } else {
      let step = calls[slot].state.lost(
        job.attempt, .answered(code, advice), code, load: load,
        isLeaving: replicas[replica].isDraining, clock, &callers[caller].routing)
      perform(step, slot, isAnswered: false)
    }
  }

  // MARK: Connections

  /// A caller's connection to a replica breaks: what is not answered is lost.
  package mutating func disconnect(_ caller: Int, _ replica: Int) {
    guard callers[caller].isConnected[replica] else { return }
    callers[caller].isConnected[replica] = false
    callers[caller].routing.setConnection(replica, .none, clock)
    for slot in calls.indices where calls[slot].caller == caller && !calls[slot].state.isOver {
      guard let number = calls[slot].state.attempt(at: replica) else { continue }
      // The replica sees the connection end.
      leave(slot, number)
      let step = calls[slot].state.lost(
        number, .unanswered, .unavailable, load: nil,
        isLeaving: false, clock, &callers[caller].routing)
      perform(step, slot, isAnswered: false)
    }
  }

  package mutating func connect(_ caller: Int, _ replica: Int) {
    guard !callers[caller].isConnected[replica] else { return }
    callers[caller].isConnected[replica] = true
    callers[caller].routing.setConnection(replica, .open, clock)
  }

  package mutating func disconnect(_ replica: Int) {
    for caller in callers.indices { disconnect(caller, replica) }
  }

  package mutating func connect(_ replica: Int) {
    for caller in callers.indices { connect(caller, replica) }
  }

  /// The link swallows all that is sent; the caller's pings find that out after a while.
  package mutating func cut(_ caller: Int, _ replica: Int) {
    callers[caller].isCut[replica] = true
    let noticed = sinceStart(clock) + Self.silenceNanoseconds
    at(seconds: Double(noticed) / 1_000_000_000) {
      if $0.callers[caller].isCut[replica] { $0.disconnect(caller, replica) }
    }
  }

  package mutating func mend(_ caller: Int, _ replica: Int) {
    callers[caller].isCut[replica] = false
    connect(caller, replica)
  }

  // MARK: Replicas

  package mutating func setBehaviour(
    _ behaviour: SimulatedReplica.Behaviour, of replica: Int
  ) { replicas[replica].behaviour = behaviour }

  /// It is healthy from their end on.
  package mutating func setBehaviour(
    _ behaviour: SimulatedReplica.Behaviour, of replica: Int, during seconds: Range<Double>
  ) {
    at(seconds: seconds.lowerBound) { $0.setBehaviour(behaviour, of: replica) }
    at(seconds: seconds.upperBound) { $0.setBehaviour(.healthy, of: replica) }
  }

  /// It takes nothing new, finishes what it has and is gone; then another process has its place.
  package mutating func restart(
    _ replica: Int, drainSeconds: Double, downSeconds: Double, coldSeconds: Double,
    coldFactor: Double
  ) {
    replicas[replica].isDraining = true
    for caller in callers.indices {
      callers[caller].routing.setConnection(replica, .none, clock)
    }
    let now = Double(sinceStart(clock)) / 1_000_000_000
    at(seconds: now + drainSeconds) { $0.disconnect(replica) }
    at(seconds: now + drainSeconds + downSeconds) {
      $0.replicas[replica].isDraining = false
      $0.replicas[replica].coldFactor = coldFactor
      $0.replicas[replica].coldUntil = $0.clock.adding(
        nanoseconds: Int64(coldSeconds * 1_000_000_000))
      $0.connect(replica)
    }
  }

  /// It is no longer listed: nothing new is begun there, and what runs may end.
  package mutating func remove(_ replica: Int) {
    for caller in callers.indices { callers[caller].routing.remove(replica) }
  }

  /// Its process stands still.
  package mutating func stop(_ replica: Int, seconds: Double) {
    replicas[replica].stoppedUntil = clock.adding(nanoseconds: Int64(seconds * 1_000_000_000))
  }

  /// The next handler that it begins stands still for so long, and with it the loop that runs it.
  package mutating func hang(_ replica: Int, seconds: Double) {
    replicas[replica].hang(nanoseconds: Int64(seconds * 1_000_000_000))
  }

  mutating func deliver(_ job: Job, _ replica: Int) {
    replicas[replica].receive(job, clock, &random, &effects)
    deliverEffects(replica)
  }

  mutating func turn(_ replica: Int) {
    replicas[replica].turn(clock, &random, &effects)
    deliverEffects(replica)
  }

  mutating func handlerEnded(_ job: Job, _ replica: Int) {
    replicas[replica].ended(job, clock, &random, &effects)
    deliverEffects(replica)
  }

  private mutating func deliverEffects(_ replica: Int) {
    if effects.wakes { events.plan(.turn(replica: Int32(replica)), at: clock) }
    let load = replicas[replica].load
    for (job, nanoseconds) in effects.begun {
      events.plan(
        .handlerEnd(job, replica: Int32(replica)), at: clock.adding(nanoseconds: nanoseconds))
    }
    for (job, code, advice, delay) in effects.answers {
      let arrival = clock.adding(nanoseconds: delay + networkDelay())
      events.plan(.answer(job, replica: Int32(replica), code, advice, load), at: arrival)
    }
    effects.clear()
  }
}
