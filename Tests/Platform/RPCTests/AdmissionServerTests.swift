internal import Glibc
import RPC
import Telemetry
import TestSupport
import Testing

/// A server's loop under more than it can do.
@Suite struct AdmissionServerTests {
  /// Keeps the loop busy for a while.
  private static let work = Method<DescribeRequest, DescribeRequest>("test.Busy/Work", .pure)
  /// Waits until the gate is open.
  private static let wait = Method<DescribeRequest, DescribeRequest>("test.Busy/Wait", .pure)
  private static let poll = Method<DescribeRequest, DescribeRequest>(
    "test.Busy/Poll", .pure, isLongPoll: true)

  /// Runs of handlers, and those whose caller's time was over when they began.
  private final class Runs: Sendable {
    let all = Count()
    let late = Count()
    let opened = Count()
  }

  private final class BusyServer: Sendable {
    let runs = Runs()
    let replica: TestReplica

    init(workMicroseconds: UInt32, limits: Limits = Limits()) throws {
      let runs = runs
      replica = try TestReplica("busy", limits: limits) { table in
        table.answer(AdmissionServerTests.work) { request, call in
          runs.all.add()
          // Not by a clock read here: this thread may have been kept waiting in between.
          if call.started >= call.deadline { runs.late.add() }
          usleep(workMicroseconds)
          return request
        }
        for method in [AdmissionServerTests.wait, AdmissionServerTests.poll] {
          table.answer(
            method,
            waiting: { (request, call) async throws(RPCError) in
              runs.all.add()
              while runs.opened.value == 0, !call.isCancelled { await Task.yield() }
              return request
            })
        }
      }
    }

    deinit { replica.kill() }
  }

  private func request(_ name: String = "") -> DescribeRequest {
    var request = DescribeRequest()
    request.name = name
    return request
  }

  @Test func `no handler is run for a caller whose time is over`() throws {
    let server = try BusyServer(workMicroseconds: 5_000)
    let peers = try (0..<4).map { _ in try RawPeer(greeting: server.replica.address) }
    let each = 100
    // Together two seconds of work for callers that have half a one.
    for peer in peers {
      let frames = (1...each).map {
        RawPeer.request(
          UInt64($0), Self.work.name, request("\($0)"), budgetMicroseconds: 500_000)
      }
      try peer.send(frames.flatMap(\.bytes))
    }
    var codes: [Code: Int] = [:]
    for peer in peers {
      for _ in 0..<each {
        let head = try peer.response().head
        codes[try #require(Code(rawValue: head.code)), default: 0] += 1
        #expect(head.code == 0 || head.advice == .notStarted)
      }
    }
    #expect(server.runs.late.value == 0)
    #expect(codes[.ok, default: 0] == server.runs.all.value, "\(codes)")
    #expect(codes[.ok, default: 0] > 0, "\(codes)")
    #expect(codes[.ok, default: 0] < each * peers.count, "\(codes)")
    // It is not stuck with what it has learnt of its pace.
    try peers[0].request(1_000, Self.work.name, request(), budgetMicroseconds: 20_000_000)
    #expect(try peers[0].response().head.code == 0)
  }

  @Test func `a call that is cancelled in the same breath is never run`() throws {
    let server = try BusyServer(workMicroseconds: 0)
    let peer = try RawPeer(greeting: server.replica.address)
    var cancel = Cancel()
    cancel.call = 2
    let frames = (UInt64(1)...3).map { RawPeer.request($0, Self.work.name, request()) }
    // The kernel may cut the write, but rarely in the middle of so little.
    try peer.send((frames + [RawFrame(.cancel, cancel)]).flatMap(\.bytes))
    let answered = try (0..<2).map { _ in try peer.response().head.call }
    #expect(answered == [1, 3])
    #expect(server.runs.all.value == 2)
  }

  @Test func `the more urgent calls of a burst are run first`() throws {
    let server = try BusyServer(workMicroseconds: 100)
    let peer = try RawPeer(greeting: server.replica.address)
    var bytes: [UInt8] = []
    for call in UInt64(1)...20 {
      var head = RequestHead()
      head.call = call
      head.method = Self.work.name
      head.budgetMicroseconds = 10_000_000
      head.priority = call > 15 ? 1 : 0
      bytes += RawFrame(kind: 1, head: head.encoded(), body: request().encoded()).bytes
    }
    try peer.send(bytes)
    let order = try (0..<20).map { _ in try peer.response().head.call }
    // The kernel may cut the write, but rarely in the middle of so little.
    #expect(Array(order.prefix(5)) == [16, 17, 18, 19, 20], "\(order)")
  }

  @Test func `calls beyond the limit wait their turn, with their requests kept`() throws {
    var limits = Limits()
    limits.admission.limit.initial = 16
    let server = try BusyServer(workMicroseconds: 0, limits: limits)
    let peer = try RawPeer(greeting: server.replica.address)
    for call in UInt64(1)...40 {
      try peer.request(
        call, Self.wait.name, request("request \(call)"), budgetMicroseconds: 20_000_000)
    }
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while server.runs.all.value < 16, Instant.now() < deadline { usleep(200) }
    // Others would have been begun by the time that a long poll, which needs no place, is.
    #expect(server.runs.all.value == 16)
    server.runs.opened.add()
    var names: Set<String> = []
    for _ in 1...40 {
      let (head, body) = try peer.response()
      #expect(head.code == 0)
      names.insert(try DescribeRequest(decoding: body).name)
    }
    #expect(names == Set((1...40).map { "request \($0)" }))
  }

  @Test func `requests that wait take no more memory than they may`() throws {
    var limits = Limits()
    limits.admission.limit.initial = 16
    limits.queueBytesMax = 1_000
    let server = try BusyServer(workMicroseconds: 0, limits: limits)
    let peer = try RawPeer(greeting: server.replica.address)
    let long = String(repeating: "x", count: 200)
    func send(_ calls: ClosedRange<UInt64>) throws {
      let frames = calls.map {
        RawPeer.request($0, Self.wait.name, request(long), budgetMicroseconds: 20_000_000)
      }
      try peer.send(frames.flatMap(\.bytes) + RawFrame(.ping, Ping()).bytes)
      // What comes next is read in another turn.
      #expect(try peer.receive()?.kind == FrameKind.pong.rawValue)
    }
    try send(1...16)
    // They wait, with more bytes than may; so others are refused.
    try send(17...26)
    try peer.request(27, Self.wait.name, request(long), budgetMicroseconds: 20_000_000)
    let refused = try peer.response().head
    #expect(refused.call == 27 && refused.code == Code.unavailable.rawValue)
    #expect(refused.advice == .notStarted)
    server.runs.opened.add()
    for _ in 0..<26 { #expect(try peer.response().head.code == 0) }
    // With them gone there is room again.
    try peer.request(28, Self.wait.name, request(long), budgetMicroseconds: 20_000_000)
    let taken = try peer.response().head
    #expect(taken.call == 28 && taken.code == 0)
  }

  @Test func `long polls take nobody's place`() throws {
    var limits = Limits()
    limits.admission.limit.initial = 16
    let server = try BusyServer(workMicroseconds: 0, limits: limits)
    let peer = try RawPeer(greeting: server.replica.address)
    for call in UInt64(1)...60 {
      try peer.request(call, Self.poll.name, request(), budgetMicroseconds: 20_000_000)
    }
    try peer.request(99, Self.work.name, request(), budgetMicroseconds: 20_000_000)
    #expect(try peer.response().head.call == 99)
    #expect(server.runs.all.value == 61)
    server.runs.opened.add()
    for _ in 1...60 { #expect(try peer.response().head.code == 0) }
  }
}
