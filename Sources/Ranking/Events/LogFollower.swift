internal import Messages
package import Node
package import RPC
internal import Telemetry

/// Brings a copy of the log up to date: finds the writer among the listed replicas and stays with it.
/// Meanwhile, and for a copy that is the writer itself, it asks all of them in turn, by which every
/// replica hears of the highest epoch. Runs on a loop of its own.
package final class LogFollower: Sendable {
  /// Between two rounds of asking everybody.
  static let roundMilliseconds: Int64 = 200
  /// After a writer was lost, so that one that refuses is not asked without a pause.
  static let lostMilliseconds: Int64 = 50
  /// For an answer beyond the wait that was asked for.
  static let patienceMilliseconds: Int64 = 500
  static let waitMilliseconds: Int64 = 500

  private let loop: EventLoop
  private let round: LogRound

  /// Starts to follow.
  package init(
    _ source: ReplicaSource, into copy: any LogCopy, in environment: ServiceEnvironment
  ) throws(SystemError) {
    loop = try EventLoop(name: "log-follower")
    loop.start()
    let round = LogRound(source, copy, environment, on: loop)
    self.round = round
    loop.post {
      Task.immediateDetached(executorPreference: round.loop) { await round.run() }
    }
  }

  /// Calls that run are lost.
  package func shutDown() {
    loop.post { [round] in round.shutDown() }
    loop.stop()
    loop.join()
  }
}

/// The work of a follower, on its loop.
private final class LogRound: @unchecked Sendable {
  let loop: EventLoop
  private let copy: any LogCopy
  private let log: Log
  private let metrics: FollowerMetrics
  private let name: String
  private let peers: LogPeers
  private var writer: Address?
  private var complaints: Set<String> = []
  private var isStopped = false

  init(
    _ source: ReplicaSource, _ copy: any LogCopy, _ environment: ServiceEnvironment,
    on loop: EventLoop
  ) {
    self.loop = loop
    self.copy = copy
    log = environment.log
    metrics = FollowerMetrics(environment.metrics)
    name = environment.identity.replica
    peers = LogPeers(source, identity: environment.identity)
  }

  func shutDown() {
    isStopped = true
    peers.shutDown()
  }

  func run() async {
    while !isStopped {
      if copy.follows, let writer, let peer = peers.replicas(at: writer) {
        if await follow(peer) { continue }
        self.writer = nil
        metrics.hasWriter.set(0)
        await pause(milliseconds: LogFollower.lostMilliseconds)
      }
      await askEverybody()
      if !copy.follows || writer == nil { await pause(milliseconds: LogFollower.roundMilliseconds) }
    }
  }

  /// One long poll; false when the peer is not the writer to follow.
  private func follow(_ peer: ReplicaSet) async -> Bool {
    let (start, mark) = (Instant.now(), copy.mark)
    var request = FollowRequest()
    request.after = mark.position
    request.chain = mark.chain
    request.epoch = copy.epoch
    request.replica = copy.isDurable ? name : ""
    request.waitMilliseconds = UInt32(LogFollower.waitMilliseconds)
    switch await ask(peer, request) {
    case .success(let response):
      copy.hear(of: response.epoch)
      guard response.writer, response.epoch >= copy.epoch else { return false }
      copy.hear(end: response.position, of: response.epoch)
      guard await take(response, after: mark, asked: start) else { return false }
      metrics.behind.set(Double(response.position) - Double(copy.mark.position))
      return true
    case .failure(let error):
      if error.code == .failedPrecondition { await stop(error.message) }
      return false
    }
  }

  private func take(
    _ response: FollowResponse, after mark: LogMark, asked: Instant
  ) async -> Bool {
    guard !response.events.isEmpty else {
      // A writer with too many followers lets none wait.
      if Instant.now() < asked.adding(milliseconds: LogFollower.lostMilliseconds) {
        await pause(milliseconds: LogFollower.lostMilliseconds)
      }
      return true
    }
    return await copy.take(response.events, after: mark, epoch: response.epoch)
  }

  /// Guessing which of two logs is right would lose the events of one of them.
  private func stop(_ reason: String) async {
    log.error(
      "this log differs from its writer's and follows no more; move its state folder away "
        + "and restart to begin anew from the writer's",
      ["reason": reason, "own": copy.mark])
    metrics.differs.set(1)
    copy.differs(reason)
    while !isStopped { await pause(milliseconds: LogFollower.roundMilliseconds) }
  }

  /// Learns who writes, and the highest epoch.
  private func askEverybody() async {
    var request = FollowRequest()
    request.after = copy.mark.position
    request.epoch = copy.epoch
    request.eventsMax = 1
    let calls = peers.all(on: loop).map { address, replicas in
      (address, replicas.start(.follow, request, options(LogFollower.patienceMilliseconds)))
    }
    var writers: [(epoch: UInt64, address: Address)] = []
    var longest: UInt64 = 0
    for (address, call) in calls {
      switch await call.end().result {
      case .success(let response):
        copy.hear(of: response.epoch)
        longest = max(longest, response.position)
        if response.writer {
          copy.hear(end: response.position, of: response.epoch)
          writers.append((response.epoch, address))
        }
      case .failure(let error): complain(error, at: address)
      }
    }
    copy.peersAsked(longest: longest)
    guard copy.follows, let best = writers.max(by: { $0.epoch < $1.epoch }),
      best.epoch >= copy.epoch
    else { return }
    log.info("following the log's writer", ["address": best.address, "epoch": best.epoch])
    writer = best.address
    metrics.hasWriter.set(1)
  }

  private func complain(_ error: RPCError, at address: Address) {
    guard error.code == .failedPrecondition || error.code == .unimplemented,
      complaints.count < 100, complaints.insert("\(address): \(error)").inserted
    else { return }
    log.warn("a replica's log can't be followed", ["address": address, "error": error])
  }

  private func ask(
    _ peer: ReplicaSet, _ request: FollowRequest
  ) async -> Result<FollowResponse, RPCError> {
    await peer.start(
      .follow, request, options(LogFollower.waitMilliseconds + LogFollower.patienceMilliseconds)
    ).end().result
  }

  private func options(_ milliseconds: Int64) -> CallOptions {
    CallOptions(deadline: .now().adding(milliseconds: milliseconds))
  }

  private func pause(milliseconds: Int64) async {
    let shot = OneShot<Void>()
    await shot.value(before: .now().adding(milliseconds: milliseconds), on: loop)
  }
}
