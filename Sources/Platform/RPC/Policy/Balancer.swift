package import Telemetry

/// Chooses a replica: of two at random, the one that is likely to answer sooner.
///
/// Each replica has a cost: its latency as a peak EWMA (it rises faster than it falls, after
/// Finagle's), times the processors it says it uses, doubled for every recent failure. Costs that are
/// much alike are noise (service times have long tails), and then the calls in flight decide alone,
/// own ones and those of others by the replica's own report; else cost × calls in flight does. A
/// failure has to count, or a replica that fails fast would look like the best one; what is slow
/// or failing is asked again as its measurement ages. Pure: time and chance are arguments.
package struct Balancer: Sendable {
  package typealias ID = Int

  /// Time in which a measurement loses two thirds of its weight.
  package static let decayNanoseconds = 5_000_000_000.0
  /// What a replica that was never asked is taken for beside slower ones.
  package static let unknownLatencyNanoseconds = 1_000_000.0
  /// Weight of one answer in the mean, the higher one after a silence: low, so that one slow answer
  /// is no verdict.
  package static let sampleWeights = 1.0 / 64...1.0 / 8
  /// Least weight of an answer that took longer than the mean.
  package static let peakWeight = 1.0 / 40
  /// Times the mean beyond which an answer is slow. The second slow one in a row weighs twice as much
  /// as the first, and so on: one is the tail of any service, several are the replica's own.
  package static let slowFactor = 3.0
  /// Most that one of a row of slow answers weighs.
  package static let streakWeight = 1.0 / 4
  /// Costs within this factor say nothing.
  package static let noiseFactor = 1.5
  /// Failures that are remembered: 2^8 times the latency, about ten seconds without calls.
  package static let strikesMax = 8.0
  /// What a refusal counts of a failure: it says that the replica is busy, not that it is broken.
  package static let refusalStrikes = 0.5
  /// Time in which a refusal loses two thirds of its weight: a queue is drained sooner than a fault
  /// is mended.
  package static let refusalDecayNanoseconds = 500_000_000.0
  /// Share of its failures that one success makes up for: one failure in a hundred is tolerated,
  /// one in ten is not.
  package static let forgivenessPerAnswer = 1.0 / 32
  /// Weight of one answer in the level of all.
  package static let levelWeight = 1.0 / 128
  /// Time after which what a replica said of its load is worth nothing.
  package static let reportNanoseconds = 1_000_000_000.0
  /// Weight of one report in what is known of a replica's load.
  package static let reportWeight = 1.0 / 4
  /// Processors beyond which a report says nothing more.
  package static let processorsMax = 4.0
  /// From a new replica's first share of traffic to its full one, as it fills caches and pools.
  package static let slowStartNanoseconds = 5_000_000_000.0
  /// What a new replica gets of its full share at once.
  package static let coldShare = 0.1
  /// A connection that is back sooner leads to the process that it was lost to.
  package static let sameProcessNanoseconds: Int64 = 250_000_000
  /// How often the fastest replica is looked for among all.
  private static let surveyMilliseconds: Int64 = 100

  /// What a replica can be chosen for.
  package enum Standing: Int, Sendable {
    /// Connected and trusted.
    case ready
    /// Connected, but taken out; asked when there is nobody else.
    case ejected
    /// Being connected for the first time: a call may wait for it when nobody is connected.
    case opening
    case out
  }

  /// What replicas are measured against.
  struct Pool: Sendable {
    /// The least of their mean latencies.
    var fastest = Double.infinity
    /// Mean latency of the last answers of all.
    private(set) var level = 0.0

    mutating func learn(_ latency: Double) {
      level += (latency - level) * (level == 0 ? 1 : Balancer.levelWeight)
    }
  }

  private struct Replica: Sendable {
    let id: ID
    var standing = Standing.out
    /// Where it stands in its standing's list.
    var place = 0
    var score = ReplicaScore()
  }

  private var replicas: [Replica] = []
  private var slots = ReplicaTable<Int>()
  /// Hashes of what replicas have loaded. One that does not say is not here, and is taken to have
  /// everything. Apart from the replicas, which are copied with every call and count no references.
  private var served = ReplicaTable<[UInt64]>()
  /// Slots by standing; what is out is in none.
  private var lists: [[Int]] = [[], [], []]
  private var pool = Pool()
  private var surveyedAt: Instant?

  package init() {}

  // MARK: Membership

  package mutating func add(_ id: ID) {
    remove(id)
    slots[id] = replicas.count
    replicas.append(Replica(id: id))
  }

  package mutating func remove(_ id: ID) {
    guard let slot = slots.remove(id) else { return }
    served[id] = nil
    unlist(slot)
    let last = replicas.count - 1
    if slot != last {
      replicas.swapAt(slot, last)
      slots[replicas[slot].id] = slot
      let moved = replicas[slot]
      if moved.standing != .out { lists[moved.standing.rawValue][moved.place] = slot }
    }
    replicas.removeLast()
    surveyedAt = nil
  }

  /// What is known of a replica that comes back is kept: one that comes and goes would else win
  /// calls each time.
  package mutating func setStanding(_ id: ID, _ standing: Standing, _ now: Instant) {
    guard let slot = slots[id], replicas[slot].standing != standing else { return }
    let before = replicas[slot].standing
    unlist(slot)
    replicas[slot].standing = standing
    if standing != .out {
      replicas[slot].place = lists[standing.rawValue].count
      lists[standing.rawValue].append(slot)
    }
    switch (before, standing) {
    case (.ejected, .ready): replicas[slot].score.warmUpAnew(now)
    case (.ejected, .ejected), (.ready, .ejected): break
    case (_, .ready), (_, .ejected): replicas[slot].score.becameReady(now)
    case (.ready, _), (.ejected, _): replicas[slot].score.becameUnready(now)
    default: break
    }
  }

  mutating func setServes(_ id: ID, _ tags: ServedTags?) {
    guard slots[id] != nil else { return }
    served[id] = tags?.hashes
  }

  /// Whether a call may go to the replica: it was not there, and finds what it needs.
  func mayGet(_ id: ID, _ call: TriedReplicas) -> Bool {
    slots[id] != nil && mayGet(known: id, call)
  }

  private func mayGet(known id: ID, _ call: TriedReplicas) -> Bool {
    (call.count == 0 || !call.contains(id))
      && (call.requires == 0 || served[id]?.contains(call.requires) ?? true)
  }

  private mutating func unlist(_ slot: Int) {
    let (standing, place) = (replicas[slot].standing, replicas[slot].place)
    guard standing != .out else { return }
    let last = lists[standing.rawValue].removeLast()
    if last != slot {
      lists[standing.rawValue][place] = last
      replicas[last].place = place
    }
    replicas[slot].standing = .out
  }

  package func standing(_ id: ID) -> Standing? { slots[id].map { replicas[$0].standing } }
  package func count(_ standing: Standing) -> Int {
    standing == .out
      ? replicas.count - lists.reduce(0) { $0 + $1.count } : lists[standing.rawValue].count
  }

  package func inFlight(_ id: ID) -> Int { slots[id].map { replicas[$0].score.inFlight } ?? 0 }

  /// Calls that a new one would wait with, those of other callers by the replica's own word.
  package func load(_ id: ID, _ now: Instant) -> Double {
    slots[id].map { replicas[$0].score.load(now) } ?? 0
  }

  /// That it says it uses, about; 1 is one whole.
  package func processors(_ id: ID) -> Double {
    slots[id].map { replicas[$0].score.processors } ?? 0
  }

  /// Its usual time, failures left out; nil before its first answer.
  package func latencyNanoseconds(_ id: ID) -> Double? {
    guard let slot = slots[id], replicas[slot].score.measuredAt != nil else { return nil }
    return replicas[slot].score.latency
  }

  // MARK: Choosing

  /// Nil when `excluded` holds all that could be asked.
  package mutating func pick(
    _ now: Instant, excluding excluded: TriedReplicas, random: inout PolicyRandom
  ) -> ID? {
    survey(now)
    for list in lists where !list.isEmpty {
      guard let first = draw(list, excluded, nil, &random) else { continue }
      guard list.count > 1, let second = draw(list, excluded, first, &random) else {
        return replicas[first].id
      }
      return replicas[better(first, second, now, &random)].id
    }
    return nil
  }

  /// Whether a trusted replica is left.
  package func hasReady(excluding excluded: TriedReplicas) -> Bool {
    lists[Standing.ready.rawValue].contains { mayGet(known: replicas[$0].id, excluded) }
  }

  /// Whether anybody is left that a call could go to.
  package func mayServe(excluding excluded: TriedReplicas) -> Bool {
    lists.contains { $0.contains { mayGet(known: replicas[$0].id, excluded) } }
  }

  private func draw(
    _ list: [Int], _ excluded: TriedReplicas, _ other: Int?, _ random: inout PolicyRandom
  ) -> Int? {
    func isAllowed(_ slot: Int) -> Bool {
      slot != other && mayGet(known: replicas[slot].id, excluded)
    }
    // Nearly always the first.
    for _ in 0..<4 {
      let slot = list[random.index(below: list.count)]
      if isAllowed(slot) { return slot }
    }
    let start = random.index(below: list.count)
    for step in 0..<list.count {
      let slot = list[(start + step) % list.count]
      if isAllowed(slot) { return slot }
    }
    return nil
  }

  private func better(_ a: Int, _ b: Int, _ now: Instant, _ random: inout PolicyRandom) -> Int {
    let (ofA, ofB) = (replicas[a].score, replicas[b].score)
    let (costA, costB) = (ofA.cost(now, pool), ofB.cost(now, pool))
    let (loadA, loadB) = (ofA.load(now), ofB.load(now))
    let isNoise = max(costA, costB) <= min(costA, costB) * Self.noiseFactor
    let isB = isNoise ? loadB < loadA : costB * (loadB + 1) < costA * (loadA + 1)
    let (chosen, other) = isB ? (b, a) : (a, b)
    let (warmth, otherWarmth) = (
      replicas[chosen].score.warmth(now), replicas[other].score.warmth(now)
    )
    // A cold replica leaves calls to a warm one, unless that one is much worse.
    guard warmth < otherWarmth, isNoise || max(costA, costB) < min(costA, costB) * 4 else {
      return chosen
    }
    return random.unit() * otherWarmth < warmth ? chosen : other
  }

  /// What an old measurement, or none, tends to: a fixed guess would keep a new replica without a
  /// call for good where all others are faster than the guess.
  private mutating func survey(_ now: Instant) {
    if let surveyedAt,
      now.nanoseconds(since: surveyedAt) < Self.surveyMilliseconds * 1_000_000
    {
      return
    }
    surveyedAt = now
    pool.fastest = .infinity
    for replica in replicas where replica.score.measuredAt != nil {
      pool.fastest = min(pool.fastest, replica.score.latency)
    }
  }

  // MARK: Learning

  package mutating func started(_ id: ID) {
    if let slot = slots[id] { replicas[slot].score.started() }
  }

  /// How an attempt ended, as far as its replica is to blame.
  package enum Outcome: Sendable {
    case answered
    case failed
    /// Not started, by its own word.
    case refused
    /// The caller left; says nothing of the replica.
    case abandoned
    /// Another replica's answer came first; says nothing of the replica either, unless it goes on
    /// (`Ejection.outrunMax`).
    case outrun
  }

  package mutating func finished(
    _ id: ID, _ outcome: Outcome, latencyNanoseconds: Int64, load: ReplicaLoad? = nil, now: Instant
  ) {
    guard let slot = slots[id] else { return }
    if outcome == .answered { pool.learn(Double(max(0, latencyNanoseconds))) }
    replicas[slot].score.finished(
      outcome, latencyNanoseconds: latencyNanoseconds, load, now, pool)
    if outcome == .answered { pool.fastest = min(pool.fastest, replicas[slot].score.latency) }
  }
}
