internal import RPC
internal import Telemetry

/// A gateway's calls, from the first attempt to the end.
extension FleetSimulation {
  /// With less left of a request's time a step is not begun, as in the gateway.
  private static let leastNanoseconds: Int64 = 500_000

  mutating func begin(_ step: Fleet.Step, of request: Int) {
    let end = requests[request].start.adding(milliseconds: fleet.budgetMilliseconds)
    let left = end.nanoseconds(since: clock)
    guard left >= Self.leastNanoseconds else {
      return ended(step, of: request, isAnswered: false)
    }
    let budget = min(left, step.budgetMilliseconds * 1_000_000)
    let deadline = clock.adding(nanoseconds: budget)
    let state = CallState(
      CallState.Terms(
        method: step.method, safety: .pure, isHedged: true, deadline: deadline,
        attemptNanoseconds: step.attemptMilliseconds * 1_000_000))
    let slot = slot(
      for: Call(state: state, request: request, step: step, deadline: deadline, generation: 0))
    let next = calls[slot].state.begin(
      clock, &routings[requests[request].gateway][step.service])
    perform(next, slot, isAnswered: false)
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

  private mutating func ended(_ step: Fleet.Step, of request: Int, isAnswered: Bool) {
    if step.isEssential, !isAnswered { requests[request].isDegraded = true }
    stepEnded(of: request)
  }

  private mutating func perform(_ step: CallStep, _ slot: Int, isAnswered: Bool) {
    leave(slot, step.leaving.0)
    leave(slot, step.leaving.1)
    if let (number, replica, _) = step.sending { send(slot, number, replica) }
    if step.end != nil {
      let call = calls[slot]
      // Events that are still under way know the call by its generation.
      calls[slot].generation &+= 1
      freeCalls.append(slot)
      return ended(call.step, of: call.request, isAnswered: isAnswered && step.end == .byEvent)
    }
    let wakeAt = calls[slot].state.wakeAt
    guard wakeAt < calls[slot].plannedWake else { return }
    calls[slot].plannedWake = wakeAt
    events.plan(.wake(key(slot)), at: max(wakeAt, clock))
  }

  private func key(_ slot: Int) -> CallKey {
    CallKey(slot: Int32(slot), generation: calls[slot].generation)
  }

  private mutating func send(_ slot: Int, _ number: UInt8, _ replica: Int) {
    let step = calls[slot].step
    let arrival = clock.adding(nanoseconds: networkDelay())
    calls[slot].askedOf[Int(number) - 1] = Int32(replica)
    calls[slot].arrivals[Int(number) - 1] = arrival
    let left = calls[slot].deadline.nanoseconds(since: clock)
    var job = Job(
      call: key(slot), attempt: number, priority: 0,
      deadline: arrival.adding(nanoseconds: left), begun: arrival)
    job.method = UInt8(clamping: step.serviceTime)
    let place = Place(service: UInt8(step.service), replica: Int32(replica))
    events.plan(.delivery(job, place), at: arrival)
  }

  /// Tells a replica that an attempt is not wanted; it never knows before it has the request.
  private mutating func leave(_ slot: Int, _ number: UInt8) {
    guard number > 0 else { return }
    let index = Int(number) - 1
    let place = Place(
      service: UInt8(calls[slot].step.service), replica: calls[slot].askedOf[index])
    let arrival = max(clock.adding(nanoseconds: networkDelay()), calls[slot].arrivals[index])
    events.plan(.cancel(JobKey(call: key(slot), attempt: number), place), at: arrival)
  }

  mutating func wake(_ key: CallKey) {
    let slot = Int(key.slot)
    guard calls[slot].generation == key.generation else { return }
    calls[slot].plannedWake = .distantFuture
    let gateway = requests[calls[slot].request].gateway
    let step = calls[slot].state.wake(
      clock, hasLeft: true, &routings[gateway][calls[slot].step.service])
    perform(step, slot, isAnswered: false)
  }

  mutating func answered(
    _ job: Job, _ place: Place, _ code: Code, _ advice: RetryAdvice, _ load: ReplicaLoad
  ) {
    guard Self.isWanted(job, calls) else { return }
    let slot = Int(job.call.slot)
    let gateway = requests[calls[slot].request].gateway
    let service = Int(place.service)
    if code == .ok {
      let step = calls[slot].state.answered(
        job.attempt, load: load, clock, &routings[gateway][service])
      perform(step, slot, isAnswered: true)
    } else {
      let step = calls[slot].state.lost(
        job.attempt, .answered(code, advice), code, load: load, isLeaving: false, clock,
        &routings[gateway][service])
      perform(step, slot, isAnswered: false)
    }
  }

  // MARK: Replicas

  private static func isWanted(_ job: Job, _ calls: [Call]) -> Bool {
    let slot = Int(job.call.slot)
    return calls[slot].generation == job.call.generation
      && calls[slot].state.isRunning(job.attempt)
  }

  mutating func deliver(_ job: Job, _ place: Place) {
    replicas[Int(place.service)][Int(place.replica)].receive(job, clock, &random, &effects)
    deliverEffects(place)
  }

  mutating func turn(_ place: Place) {
    replicas[Int(place.service)][Int(place.replica)].turn(clock, &random, &effects)
    deliverEffects(place)
  }

  mutating func handlerEnded(_ job: Job, _ place: Place) {
    replicas[Int(place.service)][Int(place.replica)].ended(job, clock, &random, &effects)
    deliverEffects(place)
  }

  private mutating func deliverEffects(_ place: Place) {
    if effects.wakes { events.plan(.turn(place), at: clock) }
    let load = replicas[Int(place.service)][Int(place.replica)].load
    for (job, nanoseconds) in effects.begun {
      busyNanoseconds[Int(place.service) + 1] += nanoseconds
      events.plan(.handlerEnd(job, place), at: clock.adding(nanoseconds: nanoseconds))
    }
    for (job, code, advice, delay) in effects.answers {
      let arrival = clock.adding(nanoseconds: delay + networkDelay())
      events.plan(.answer(job, place, code, advice, load), at: arrival)
    }
    effects.clear()
  }
}
