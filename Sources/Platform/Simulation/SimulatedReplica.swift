package import RPC
package import Telemetry

/// A replica: the product's admission in front of handlers that take time. Pure; the simulation
/// delivers what comes of it.
package struct SimulatedReplica {
  /// How its handlers share the processor.
  package enum Kind: Equatable, Sendable {
    /// One thread that reads what has come, runs it to the end, and reads again, as a server's loop
    /// does with handlers that don't wait.
    case loop
    /// Handlers that wait, with so many things done at once behind them.
    case workers(Int)
  }

  /// What a replica does with the requests that it gets.
  package enum Behaviour: Sendable {
    case healthy
    case slower(times: Double)
    /// Answers at once, with an error.
    case failing(Code, RetryAdvice, afterMicroseconds: Int64)
    /// Takes requests and never answers.
    case stuck
  }

  /// What a refusal costs of a loop's time.
  package static let refusalNanoseconds: Int64 = 5_000

  package let kind: Kind
  /// Of its only, or its first, method.
  package var serviceTime: ServiceTime {
    get { serviceTimes[0] }
    set { serviceTimes[0] = newValue }
  }
  package var behaviour = Behaviour.healthy
  /// By method; a job of one that is not there takes what the first takes.
  package var serviceTimes = [ServiceTime()]
  /// It takes no new calls.
  package var isDraining = false
  /// Times as long as usual until then, as caches are cold.
  package var coldUntil = Instant(nanoseconds: 0)
  package var coldFactor = 1.0
  /// Until then the process stands still, as by SIGSTOP: what comes waits in the kernel.
  var stoppedUntil = Instant(nanoseconds: 0)
  package private(set) var attempts = 0
  package private(set) var handlersRun = 0
  /// Handlers begun when their caller's time was over.
  package private(set) var handlersRunLate = 0
  package private(set) var refusals = 0

  private var admission: Admission<Job>
  private var usual = UsualLatency()
  private var busy = 0
  private var waiting: [Job] = []
  private var waitingFront = 0
  private var arrivals: [Job] = []
  private var isTurning = false
  /// What it has and has not answered, and whether the caller still wants it as far as it knows.
  private var isWantedByKey: [JobKey: Bool] = [:]
  /// Came while the loop was busy, which reads them with its next turn.
  private var cancels: [JobKey] = []
  /// Added to the next handler's time.
  private var hangNanoseconds: Int64 = 0

  package init(
    _ kind: Kind = .workers(8), admission: AdmissionSettings = AdmissionSettings()
  ) {
    self.kind = kind
    self.admission = Admission(admission)
  }

  /// What the simulation has to deliver.
  struct Effects {
    var answers: [(job: Job, Code, RetryAdvice, afterNanoseconds: Int64)] = []
    /// Handlers that end after so long.
    var begun: [(job: Job, nanoseconds: Int64)] = []
    /// Its loop wakes up: `turn` is to be called when all is there that comes in this moment.
    var wakes = false
    mutating func clear() {
      answers.removeAll(keepingCapacity: true)
      begun.removeAll(keepingCapacity: true)
      wakes = false
    }
  }

  var load: ReplicaLoad {
    ReplicaLoad(
      inFlight: UInt32(clamping: admission.queued + max(admission.running, busy)),
      permille: UInt32(clamping: busy * 1_000))
  }

  package var limit: Int { admission.limit }

  // MARK: Calls

  mutating func receive(
    _ job: Job, _ now: Instant, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    attempts += 1
    switch behaviour {
    case .stuck: return
    case .failing(let code, let advice, let delay):
      effects.answers.append((job, code, advice, delay * 1_000))
      return
    case .healthy, .slower: break
    }
    isWantedByKey[job.key] = true
    switch kind {
    case .workers:
      admit(job, now, &effects)
      pump(now, &random, &effects)
    case .loop:
      arrivals.append(job)
      effects.wakes = !isTurning
      isTurning = true
    }
  }

  /// The caller has left.
  mutating func receiveCancel(_ key: JobKey) {
    if isTurning { cancels.append(key) } else { cancel(key) }
  }

  private mutating func cancel(_ key: JobKey) {
    if isWantedByKey[key] != nil { isWantedByKey[key] = false }
  }

  private func isWanted(_ job: Job) -> Bool { isWantedByKey[job.key] ?? false }

  /// The next handler stands still for so long, and its loop with it.
  mutating func hang(nanoseconds: Int64) { hangNanoseconds += nanoseconds }

  /// A handler has ended.
  mutating func ended(
    _ job: Job, _ now: Instant, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    busy -= 1
    let isWanted = isWantedByKey.removeValue(forKey: job.key) ?? false
    effects.answers.append((job, .ok, .mayHaveRun, 0))
    switch kind {
    case .workers:
      admission.ended(
        latencyNanoseconds: isWanted ? now.nanoseconds(since: job.begun) : nil,
        usual: &usual, now)
      takeUp(now, &random, &effects)
      pump(now, &random, &effects)
    case .loop: runNext(now, 0, &random, &effects)
    }
  }

  private mutating func admit(_ job: Job, _ now: Instant, _ effects: inout Effects) {
    guard !isDraining else { return refuse(job, .unavailable, &effects) }
    switch admission.arrived(job, priority: job.priority, deadline: job.deadline, now) {
    case .queued: break
    case .refused: refuse(job, .unavailable, &effects)
    case .insteadOf(let other): refuse(other, .unavailable, &effects)
    case .insteadOfExpired(let other): refuse(other, .deadlineExceeded, &effects)
    }
  }

  private mutating func refuse(_ job: Job, _ code: Code, _ effects: inout Effects) {
    refusals += 1
    isWantedByKey[job.key] = nil
    effects.answers.append((job, code, .notStarted, Self.refusalNanoseconds))
  }

  private mutating func begin(
    _ job: Job, _ now: Instant, _ random: inout PolicyRandom, after delay: Int64,
    _ effects: inout Effects
  ) {
    handlersRun += 1
    if now >= job.deadline { handlersRunLate += 1 }
    busy += 1
    let method = Int(job.method) < serviceTimes.count ? Int(job.method) : 0
    var time = Double(serviceTimes[method].sampleNanoseconds(&random))
    if case .slower(let times) = behaviour { time *= times }
    if now < coldUntil { time *= coldFactor }
    effects.begun.append((job, Int64(time) + delay + hangNanoseconds))
    hangNanoseconds = 0
  }

  // MARK: Handlers that wait

  private mutating func pump(
    _ now: Instant, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    while let turn = admission.next(now) {
      switch turn {
      case .expired(let job): refuse(job, .deadlineExceeded, &effects)
      case .run(var job):
        guard isWanted(job) else {
          isWantedByKey[job.key] = nil
          continue
        }
        admission.began()
        job.begun = now
        waiting.append(job)
      }
    }
    takeUp(now, &random, &effects)
  }

  /// Gives free workers what was begun.
  private mutating func takeUp(
    _ now: Instant, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    guard case .workers(let workers) = kind else { return }
    while busy < workers, waitingFront < waiting.count {
      let job = waiting[waitingFront]
      waitingFront += 1
      if isWanted(job), now < job.deadline {
        begin(job, now, &random, after: 0, &effects)
      } else {
        // Its handler saw that the caller left, or the server ended it when its time was over.
        isWantedByKey[job.key] = nil
        admission.ended(latencyNanoseconds: nil, usual: &usual, now)
      }
    }
    if waitingFront == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      waitingFront = 0
    }
  }

  // MARK: A loop

  /// Reads what has come, and runs it.
  mutating func turn(
    _ now: Instant, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    let before = refusals
    // Cancels that have come are applied before anything is run.
    for key in cancels { cancel(key) }
    cancels.removeAll(keepingCapacity: true)
    for var job in arrivals {
      guard isWanted(job) else {
        isWantedByKey[job.key] = nil
        continue
      }
      job.deadline = now.adding(nanoseconds: job.deadline.nanoseconds(since: job.begun))
      admit(job, now, &effects)
    }
    arrivals.removeAll(keepingCapacity: true)
    let spent = Int64(refusals - before) * Self.refusalNanoseconds
    runNext(now, spent, &random, &effects)
  }

  private mutating func runNext(
    _ now: Instant, _ delay: Int64, _ random: inout PolicyRandom, _ effects: inout Effects
  ) {
    while let turn = admission.next(now) {
      switch turn {
      case .expired(let job): refuse(job, .deadlineExceeded, &effects)
      case .run(let job): return begin(job, now, &random, after: delay, &effects)
      }
    }
    if arrivals.isEmpty {
      isTurning = false
    } else {
      turn(now, &random, &effects)
    }
  }
}
