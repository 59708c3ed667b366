internal import Glibc
internal import Synchronization
internal import Telemetry
internal import TestSupport

@testable internal import RPC

/// A server of this process on a loop of its own.
final class TestReplica: Sendable {
  let loop: EventLoop
  let server: Server
  let address: Address

  init(
    _ name: String = "test", at address: Address = .tcp(host: "127.0.0.1", port: 0),
    limits: Limits = Limits(), on given: EventLoop? = nil, advertiser: Advertiser = Advertiser(),
    _ methods: @escaping @Sendable (inout MethodTable) -> Void = { $0.answerEcho() }
  ) throws {
    let loop = try given ?? EventLoop(name: name)
    if given == nil { loop.start() }
    self.loop = loop
    server = Server(
      loops: [loop], identity: Identity(replica: name, software: "test"), limits: limits,
      advertiser: advertiser
    ) { _ in
      var table = MethodTable()
      methods(&table)
      return table
    }
    self.address = try server.listen(at: address)
  }

  /// As if the process were killed: nothing is said to anybody.
  func kill() {
    loop.stop()
    loop.join()
  }

  /// Waits until callers have left; false when they don't.
  func drained() async -> Bool {
    server.drain()
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while server.connectionCount > 0, Instant.now() < deadline { await loop.turn() }
    return server.connectionCount == 0
  }
}

extension EventLoop {
  /// Returns when the loop has come round.
  func turn() async {
    await withUnsafeContinuation { continuation in post { continuation.resume() } }
  }
}

typealias TestMethod = Method<HealthRequest, HealthRequest>

extension TestMethod {
  static var echo: Self { Method("test.v1.Test/Echo", .pure) }
  static var idempotent: Self { Method("test.v1.Test/Idempotent", .idempotent) }
  static var once: Self { Method("test.v1.Test/Once", .once) }
}

extension MethodTable {
  mutating func answerEcho() { answer(TestMethod.echo) { request, _ in request } }

  /// Answers when the caller has left, or never.
  mutating func answerCancelled(
    _ method: TestMethod = .echo, begun: Count, left: Count = Count()
  ) {
    answer(
      method,
      waiting: { (request, call) async throws(RPCError) in
        begun.add()
        await untilCancelled(call)
        left.add()
        return request
      })
  }
}

/// Waits until the caller has left.
func untilCancelled(_ call: CallContext) async {
  await withUnsafeContinuation { continuation in call.onCancel { continuation.resume() } }
}

/// Holds a loop up until it is opened.
final class Gate: Sendable {
  private let opened = Atomic<Bool>(false)
  func open() { opened.store(true, ordering: .releasing) }
  func wait() { while !opened.load(ordering: .acquiring) { usleep(1_000) } }
}

/// A count that handlers and tests share.
final class Count: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .acquiring) }
  /// The count before.
  @discardableResult
  func add() -> Int { count.add(1, ordering: .acquiringAndReleasing).oldValue }
}

extension Client {
  static func test(_ addresses: [Address], limits: Limits = Limits()) async throws -> Client {
    try await test(at: .list(addresses), limits: limits)
  }

  static func test(at source: ReplicaSource, limits: Limits = Limits()) async throws -> Client {
    try await Client(
      "test", at: source, identity: Identity(replica: "caller", software: "test"), limits: limits)
  }

  func echo(
    _ text: String, _ method: TestMethod = .echo, milliseconds: Int64 = Patience.milliseconds,
    attemptMilliseconds: Int64 = Patience.milliseconds
  ) async -> CallOutcome<HealthRequest> {
    var request = HealthRequest()
    request.service = text
    let options = CallOptions(
      deadline: .now().adding(milliseconds: milliseconds),
      attemptNanoseconds: attemptMilliseconds * 1_000_000)
    return await call(method, request, options)
  }

  /// Calls every server's own method until each of these replicas has answered, so that a test's
  /// calls find them all connected.
  func meets(_ replicas: Set<String>) async -> Bool {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    var met: Set<String> = []
    while !met.isSuperset(of: replicas), Instant.now() < deadline {
      let options = CallOptions(deadline: .now().adding(milliseconds: Patience.milliseconds))
      met.insert(await call(.health, HealthRequest(), options).replica)
    }
    return met.isSuperset(of: replicas)
  }

  /// Calls until the answer's report is as wanted; false after twenty seconds.
  func eventually(_ isWanted: (CallOutcome<HealthRequest>) -> Bool) async -> Bool {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while Instant.now() < deadline {
      if isWanted(await echo("again", milliseconds: 1_000)) { return true }
    }
    return false
  }
}

extension CallOutcome {
  var code: Code {
    if case .failure(let error) = result { error.code } else { .ok }
  }
  var message: String {
    if case .failure(let error) = result { error.message } else { "" }
  }
  var replica: String { report.last?.replica ?? "" }
}
