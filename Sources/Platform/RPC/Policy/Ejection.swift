package import Telemetry

/// Takes replicas out that fail again and again or are much slower than their like, for a while, and
/// lets them in again once they have answered probes: a call at a time, real ones. Never more than a
/// share of all is out, as failures that many have in common are nobody's own. Pure.
///
/// The rules are those of Envoy's outlier detection (consecutive failures, a longest share, times
/// out that grow), with probes as a circuit breaker's half-open state has them.
package struct Ejection: Sendable {
  package struct Settings: Equatable, Sendable {
    /// Failures in a row that take a replica out; 0 takes none out.
    package var consecutiveFailures = 5
    /// Most of the replicas that may be out, in thousandths; of two or more, one may always be.
    package var sharePermilleMax = 300
    /// Times the median of all that a replica's mean may be; 0 takes none out.
    package var latencyFactor = 5.0
    /// Least that it must be above the median: among microseconds a factor says little.
    package var latencyFloorNanoseconds = 2_000_000.0
    /// First time out; it doubles while a replica does not stay in.
    package var outNanoseconds: Int64 = 1_000_000_000
    package var outNanosecondsMax: Int64 = 30_000_000_000

    package init() {}
  }

  /// Probes in a row that must be answered.
  package static let probesNeeded = 3
  /// Answers that a mean must be of.
  package static let samplesLeast = 10
  /// Replicas that a median must be of.
  package static let replicasLeast = 3
  /// Windows in a row that a replica must be slow in: one may be a pause.
  package static let slowWindows = 2
  package static let windowNanoseconds: Int64 = 500_000_000
  /// Time without trouble that makes up for one time out.
  package static let forgivenNanoseconds: Int64 = 30_000_000_000
  /// Races lost in a row, none won or answered, after which a replica is taken for silent. The one
  /// exception to hedges' losers saying nothing of their replicas: where all calls are hedged one
  /// that never answers would fail none.
  package static let outrunMax = 10

  /// Share of all attempts that fail or are refused, above which nobody is taken out for failing: it
  /// is an overload, or something that all have in common.
  package static let commonFailureShare = 0.25
  private static let commonWeight = 1.0 / 64

  package enum Change: Equatable, Sendable {
    case ejected(Balancer.ID)
    case readmitted(Balancer.ID)
  }

  private enum State: Equatable {
    case trusted
    case out
    case halfOpen(answered: Int, isAsked: Bool)
  }

  private struct Replica {
    let id: Balancer.ID
    var state = State.trusted
    var failures = 0
    var outruns = 0
    var sum = 0.0
    var samples = 0
    var slowWindows = 0
    var timesOut = 0
    var troubleAt: Instant?
    var isConnected = false
    /// Since when it has not been trusted.
    var outSince = Instant.distantFuture
    /// When its last time out was over.
    var probesDue = Instant.distantFuture
  }

  private let settings: Settings
  private var replicas: [Replica] = []
  private var slots = ReplicaTable<Int>()
  private var outCount = 0
  private var connectedCount = 0
  private var connectedOutCount = 0
  private var windowEnd: Instant?
  private var median: Double?
  /// Share of failures and refusals among the last attempts of all.
  private var failing = 0.0

  package init(_ settings: Settings = Settings()) { self.settings = settings }

  package mutating func add(_ id: Balancer.ID) {
    remove(id)
    slots[id] = replicas.count
    replicas.append(Replica(id: id))
  }

  /// - Returns: those that are let in again, as too many of the rest would be out.
  @discardableResult
  package mutating func remove(_ id: Balancer.ID) -> [Change] {
    guard let slot = slots[id] else { return [] }
    tally(slot, by: -1)
    slots.remove(id)
    replicas.swapAt(slot, replicas.count - 1)
    replicas.removeLast()
    if slot < replicas.count { slots[replicas[slot].id] = slot }
    return readmitSurplus()
  }

  /// To be told of every connection that is made or lost: what can't be asked is no reason to take
  /// out more of the rest.
  /// - Returns: those that are let in again, as too many of the connected ones would be out.
  package mutating func setConnected(_ id: Balancer.ID, _ isConnected: Bool) -> [Change] {
    guard let slot = slots[id], replicas[slot].isConnected != isConnected else { return [] }
    tally(slot, by: -1)
    replicas[slot].isConnected = isConnected
    tally(slot, by: 1)
    // One that comes back may be another process, so it is this one that finds no room.
    if isConnected, hasSurplus, replicas[slot].state != .trusted { return [readmit(slot)] }
    return readmitSurplus()
  }

  /// One may always be out: where it is the only one, it is asked for want of others.
  private var hasSurplus: Bool { connectedOutCount > max(1, countMax) }

  private mutating func tally(_ slot: Int, by change: Int) {
    let isOut = replicas[slot].state != .trusted
    if isOut { outCount += change }
    guard replicas[slot].isConnected else { return }
    connectedCount += change
    if isOut { connectedOutCount += change }
  }

  /// Those first that have been out the longest.
  private mutating func readmitSurplus() -> [Change] {
    var changes: [Change] = []
    while hasSurplus {
      let out = replicas.indices.filter {
        replicas[$0].isConnected && replicas[$0].state != .trusted
      }
      guard let slot = out.min(by: { replicas[$0].outSince < replicas[$1].outSince }) else { break }
      changes.append(readmit(slot))
    }
    return changes
  }

  private mutating func readmit(_ slot: Int) -> Change {
    tally(slot, by: -1)
    replicas[slot].state = .trusted
    replicas[slot].probesDue = .distantFuture
    replicas[slot].failures = 0
    replicas[slot].sum = 0
    replicas[slot].samples = 0
    tally(slot, by: 1)
    return .readmitted(replicas[slot].id)
  }

  package func isOut(_ id: Balancer.ID) -> Bool {
    slots[id].map { replicas[$0].state != .trusted } ?? false
  }

  /// Whether so many attempts fail or are refused that it is nobody's own doing.
  var failuresAreCommon: Bool { failing > Self.commonFailureShare }

  /// How many are out, those that are being probed among them.
  package var count: Int { outCount }

  /// How many of those that are connected may be.
  package var countMax: Int {
    connectedCount < 2 ? 0 : max(1, connectedCount * settings.sharePermilleMax / 1_000)
  }

  // MARK: Probing

  /// A replica whose time out is over and that nobody asks at the moment; the call goes there.
  /// - Parameter isRepeatable: whether the call may be tried again. One that may not is a probe only
  ///   where an earlier one was answered, or none came for the longest time out: a service that has
  ///   no others would never have its replica back.
  package mutating func probe(
    _ now: Instant, isRepeatable: Bool = true, where mayBeAsked: (Balancer.ID) -> Bool
  ) -> Balancer.ID? {
    guard outCount > 0 else { return nil }
    for slot in replicas.indices where now >= replicas[slot].probesDue {
      guard let answered = answeredProbes(slot),
        isRepeatable || answered > 0 || isOverdue(slot, now), mayBeAsked(replicas[slot].id)
      else { continue }
      replicas[slot].state = .halfOpen(answered: answered, isAsked: true)
      return replicas[slot].id
    }
    return nil
  }

  /// Lets one in again that no call could probe for the longest time out, as it lacks what they all
  /// need: it would keep a place that others may have to be put in. To be asked for when `probe`
  /// found none.
  package mutating func readmitUnprobed(_ now: Instant) -> Change? {
    guard outCount > 0 else { return nil }
    let slot = replicas.indices.first {
      replicas[$0].isConnected && answeredProbes($0) != nil && isOverdue($0, now)
    }
    return slot.map { readmit($0) }
  }

  private func isOverdue(_ slot: Int, _ now: Instant) -> Bool {
    now >= replicas[slot].probesDue.adding(nanoseconds: settings.outNanosecondsMax)
  }

  /// Nil where none may be sent now: it is trusted, or one is under way.
  private func answeredProbes(_ slot: Int) -> Int? {
    switch replicas[slot].state {
    case .trusted, .halfOpen(_, isAsked: true): nil
    case .out: 0
    case .halfOpen(let answered, isAsked: false): answered
    }
  }

  // MARK: Learning

  /// To be told of every attempt's end; says what changed by it, at most one replica.
  package mutating func finished(
    _ id: Balancer.ID, _ outcome: Balancer.Outcome, latencyNanoseconds: Int64, now: Instant,
    random: inout PolicyRandom
  ) -> Change? {
    guard let slot = slots[id] else { return nil }
    switch outcome {
    case .answered: failing -= failing * Self.commonWeight
    case .failed, .refused: failing += (1 - failing) * Self.commonWeight
    case .abandoned, .outrun: break
    }
    switch outcome {
    case .abandoned: return unanswered(slot)
    case .outrun:
      replicas[slot].outruns += 1
      guard replicas[slot].outruns >= Self.outrunMax else { return unanswered(slot) }
      replicas[slot].outruns = 0
      return failed(slot, now, &random, isSilent: true)
    // Busy is not broken: to take it out would make the others busier.
    case .refused: return unanswered(slot)
    case .failed: return failed(slot, now, &random, isSilent: false)
    case .answered: return answered(slot, Double(max(0, latencyNanoseconds)), now, &random)
    }
  }

  private mutating func unanswered(_ slot: Int) -> Change? {
    if case .halfOpen(let answered, isAsked: true) = replicas[slot].state {
      replicas[slot].state = .halfOpen(answered: answered, isAsked: false)
    }
    return nil
  }

  private mutating func answered(
    _ slot: Int, _ latency: Double, _ now: Instant, _ random: inout PolicyRandom
  ) -> Change? {
    replicas[slot].failures = 0
    replicas[slot].outruns = 0
    switch replicas[slot].state {
    case .trusted:
      replicas[slot].sum += latency
      replicas[slot].samples += 1
      return endWindow(now, &random)
    // Begun before it was taken out.
    case .out: return nil
    case .halfOpen(let answered, _):
      if let median, isSlow(latency, beside: median) {
        putOut(slot, now, &random)
        return nil
      }
      guard answered + 1 >= Self.probesNeeded else {
        replicas[slot].state = .halfOpen(answered: answered + 1, isAsked: false)
        return nil
      }
      return readmit(slot)
    }
  }

  private mutating func failed(
    _ slot: Int, _ now: Instant, _ random: inout PolicyRandom, isSilent: Bool
  ) -> Change? {
    guard settings.consecutiveFailures > 0 else { return nil }
    replicas[slot].failures += isSilent ? settings.consecutiveFailures : 1
    switch replicas[slot].state {
    case .out: return nil
    case .halfOpen:
      putOut(slot, now, &random)
      return nil
    case .trusted:
      guard replicas[slot].failures >= settings.consecutiveFailures,
        !failuresAreCommon
      else { return nil }
      return eject(slot, now, &random)
    }
  }

  private mutating func eject(
    _ slot: Int, _ now: Instant, _ random: inout PolicyRandom
  ) -> Change? {
    guard connectedOutCount < countMax else { return nil }
    tally(slot, by: -1)
    putOut(slot, now, &random)
    replicas[slot].outSince = now
    tally(slot, by: 1)
    return .ejected(replicas[slot].id)
  }

  /// Times double, and differ between callers, so that what comes back isn't stormed with probes.
  private mutating func putOut(_ slot: Int, _ now: Instant, _ random: inout PolicyRandom) {
    if let troubleAt = replicas[slot].troubleAt {
      let forgiven = now.nanoseconds(since: troubleAt) / Self.forgivenNanoseconds
      replicas[slot].timesOut = max(0, replicas[slot].timesOut - Int(clamping: forgiven))
    }
    let doublings = min(replicas[slot].timesOut, 20)
    let longest = min(settings.outNanoseconds << Int64(doublings), settings.outNanosecondsMax)
    let time = Double(longest) * (0.75 + 0.25 * random.unit())
    replicas[slot].timesOut += 1
    replicas[slot].troubleAt = now
    replicas[slot].failures = 0
    replicas[slot].slowWindows = 0
    replicas[slot].state = .out
    replicas[slot].probesDue = now.adding(nanoseconds: Int64(time))
  }

  // MARK: Latency

  private func isSlow(_ mean: Double, beside median: Double) -> Bool {
    settings.latencyFactor > 0 && mean > median * settings.latencyFactor
      && mean - median > settings.latencyFloorNanoseconds
  }

  /// Compares the window's means, and takes out the slowest one that was slow before.
  private mutating func endWindow(_ now: Instant, _ random: inout PolicyRandom) -> Change? {
    guard let end = windowEnd else {
      windowEnd = now.adding(nanoseconds: Self.windowNanoseconds)
      return nil
    }
    guard now >= end else { return nil }
    windowEnd = now.adding(nanoseconds: Self.windowNanoseconds)
    let measured = replicas.indices.filter {
      replicas[$0].state == .trusted && replicas[$0].samples >= Self.samplesLeast
    }
    guard measured.count >= Self.replicasLeast else { return nil }
    let means = measured.map { replicas[$0].sum / Double(replicas[$0].samples) }
    let median = means.sorted()[means.count / 2]
    self.median = median
    var worst: (slot: Int, mean: Double)?
    for (slot, mean) in zip(measured, means) {
      replicas[slot].sum = 0
      replicas[slot].samples = 0
      guard isSlow(mean, beside: median) else {
        replicas[slot].slowWindows = 0
        continue
      }
      replicas[slot].slowWindows += 1
      guard replicas[slot].slowWindows >= Self.slowWindows, mean > worst?.mean ?? 0 else {
        continue
      }
      worst = (slot, mean)
    }
    return worst.flatMap { eject($0.slot, now, &random) }
  }
}
