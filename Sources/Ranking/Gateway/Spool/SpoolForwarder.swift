internal import Events
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// Brings what a spool holds to the log's writer, in order, one batch at a time. Confined to its
/// loop; the disk is the worker's.
final class SpoolForwarder: @unchecked Sendable {
  /// Between two looks at a spool that was empty: what is gathered meanwhile goes in one append.
  static let lookMilliseconds: Int64 = 250
  /// For one append with all its attempts: the writer waits for its disk and for a follower.
  static let callMilliseconds: Int64 = 5_000
  /// Longest pause of a process that ends: it has seconds, in which a writer may come back.
  static let finishingPauseMilliseconds: Int64 = 200

  private let spool: ServedSpool
  private let reader: SpoolReader
  private let replicas: ReplicaSet
  private let loop: EventLoop
  private let log: Log
  private let calls: ClientCallRecorder
  private var queue = ForwardQueue()
  private var backoff = Backoff()
  private var random = SystemRandomNumberGenerator()
  private var isFailing = false
  private var pause: (timer: TimerQueue.ID, next: (SpoolForwarder) -> Void)?
  /// Of a process that ends: to be told when nothing waits any more.
  private var finished: (() -> Void)?

  init(
    _ spool: ServedSpool, to replicas: ReplicaSet, on loop: EventLoop, log: Log,
    calls: ClientCallRecorder
  ) {
    self.calls = calls
    self.spool = spool
    reader = SpoolReader(spool.store)
    self.replicas = replicas
    self.loop = loop
    self.log = log
  }

  /// Forwards from now on, for as long as the object lives; what an earlier run left comes first.
  func start() {
    spool.finishForwarding.withLock {
      $0 = { [weak self, loop] finished in
        loop.post { [weak self] in
          if let self { self.finish(finished) } else { finished() }
        }
      }
    }
    read()
  }

  /// Ends a pause, makes no more long ones, and stops when nothing waits any more.
  func finish(_ finished: @escaping () -> Void) {
    self.finished = finished
    // Else an answer is awaited, which goes on from there.
    guard let pause else { return }
    loop.cancel(pause.timer)
    self.pause = nil
    pause.next(self)
  }

  private func later(_ milliseconds: Int64, _ next: @escaping (SpoolForwarder) -> Void) {
    let most = finished == nil ? milliseconds : Self.finishingPauseMilliseconds
    let end = Instant.now().adding(milliseconds: min(milliseconds, most))
    let timer = loop.schedule(at: end) { [weak self] in
      self?.pause = nil
      if let self { next(self) }
    }
    pause = (timer, next)
  }

  private func look() {
    if spool.store.waitingDecisions > 0 {
      read()
    } else if let finished {
      finished()
    } else {
      later(Self.lookMilliseconds) { $0.look() }
    }
  }

  private func read() {
    let settled = queue.takeSettled()
    spool.worker.post { [weak self, reader, loop] in
      let answer = reader.read(settled: settled, nowMilliseconds: wallClockMilliseconds())
      loop.post { [weak self] in self?.received(answer) }
    }
  }

  private func received(_ answer: SpoolReader.Answer) {
    switch answer {
    case .decisions(let decisions, let damaged):
      if damaged > 0 {
        spool.metrics.dropped(Int(clamping: damaged), .damaged)
        log.error("a part of the spool can't be read and is lost", ["decisions": damaged])
      }
      guard !decisions.isEmpty else {
        // More may have come since it was read.
        return finished == nil ? later(Self.lookMilliseconds) { $0.look() } : look()
      }
      queue.load(decisions)
      send()
    case .failed(let problem):
      log.error("can't read the spool", ["error": problem])
      later(backoff.failed(random: &random)) { $0.read() }
    }
  }

  private func send() {
    let decisions = queue.next
    guard !decisions.isEmpty else { return read() }
    let request = AppendRequest(decisions)
    let (count, events) = (decisions.count, request.events.count)
    let options = CallOptions(deadline: .now().adding(milliseconds: Self.callMilliseconds))
    replicas.start(.append, request, options).whenEnded { [weak self, calls] end in
      calls.ended(end.report, end.code)
      self?.ended(end.result, decisions: count, events: events)
    }
  }

  private func ended(
    _ result: Result<AppendResponse, RPCError>, decisions: Int, events: Int
  ) {
    switch result {
    case .success:
      if isFailing { log.info("the spool is forwarded again") }
      isFailing = false
      backoff.reset()
      queue.acknowledged(decisions)
      spool.metrics.forwarded.increment(by: UInt64(events))
      send()
    case .failure(let error) where error.code == .invalidArgument:
      if let dropped = queue.refused(decisions) {
        spool.metrics.dropped(dropped.events.count, .refused)
        log.warn(
          "the log refused a decision of the spool, which is dropped",
          ["first_event": dropped.events.first?.id ?? "", "error": error])
      }
      send()
    case .failure(let error):
      spool.metrics.failures.increment()
      // Once for an outage: it may last for hours.
      if !isFailing { log.warn("the spool can't be forwarded", ["error": error]) }
      isFailing = true
      later(backoff.failed(random: &random)) { $0.send() }
    }
  }
}
