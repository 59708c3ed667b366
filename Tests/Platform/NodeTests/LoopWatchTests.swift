import Glibc
import RPC
import Telemetry
import TestSupport
import Testing

@testable import Node

@Suite struct LoopWatchTests {
  /// A watch of loops, and the admin port that tells of it.
  private final class Watched: Sendable {
    let watch: LoopWatch
    let admin: WatchedLoops
    let serving: WatchedLoops
    let address: Address

    init(loops: Int, limitMilliseconds: Int64) throws {
      watch = LoopWatch(limitMilliseconds: limitMilliseconds)
      (admin, serving) = (try WatchedLoops(1), try WatchedLoops(loops))
      let server = AdminServer(
        on: admin.all[0], metrics: MetricsRegistry(), ready: Readiness(), watch: watch)
      address = try server.listen(at: .tcp(host: "127.0.0.1", port: 0))
      watch.start(serving.all, from: admin.all[0])
    }

    func connect() -> HTTPConversation { HTTPConversation(address, with: self) }

    /// Waits for so many more looks.
    func look(_ times: Int) {
      let wanted = watch.rounds + times
      let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
      while watch.rounds < wanted, Instant.now() < deadline { usleep(1_000) }
    }
  }

  private static let paths = ["/livez", "/healthz"]

  /// The first answer of that status within some seconds; the last one there was if there is none.
  private func answer(_ client: HTTPConversation, status: Int) throws -> HTTPAnswer {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while true {
      let answer = try #require(client.get("/livez"))
      if answer.status == status || Instant.now() > deadline { return answer }
      usleep(1_000)
    }
  }

  @Test(arguments: 0..<3) func `a loop that hangs is named, with since when`(
    hanging: Int
  ) throws {
    // None of the others is that late on any machine.
    let watched = try Watched(loops: 3, limitMilliseconds: 1_000)
    let (gate, reached) = (Gate(), Gate())
    defer { gate.open() }
    let client = watched.connect()
    let before = wallClockMilliseconds()
    watched.serving.all[hanging].post {
      reached.open()
      gate.wait()
    }
    reached.wait()
    let after = wallClockMilliseconds()
    let answer = try answer(client, status: 503)
    #expect(answer.status == 503)
    #expect(wallClockMilliseconds() - before >= 500)
    let lines = answer.body.split(separator: "\n")
    #expect(lines.count == 1 && lines[0].hasSuffix(", longer than 1000 ms"), "\(answer.body)")
    let since = try #require(
      lines[0].split(separator: "watched-\(hanging) has not turned since ").first
        .map { $0.prefix { $0 != "," } })
    // It was asked within one look of when it began to hang.
    #expect(since >= timestamp(unixMilliseconds: before - 1_000), "\(since)")
    #expect(since <= timestamp(unixMilliseconds: after + 1_000), "\(since)")
    for path in Self.paths { #expect(client.get(path)?.status == 503) }
    // Elsewhere it makes no difference.
    #expect(client.get("/metrics")?.status == 200)
    gate.open()
    #expect(try self.answer(client, status: 200).body == "ok\n")
  }

  @Test func `loops that have nothing to do are alive, however long they wait`() throws {
    let watched = try Watched(loops: 2, limitMilliseconds: 1_000)
    let client = watched.connect()
    // Longer than the limit; a question that were not answered would have been told.
    for _ in 0..<15 {
      watched.look(1)
      #expect(client.get("/livez")?.body == "ok\n")
    }
    #expect(watched.watch.complaint == nil)
  }

  @Test func `before there are loops the process is alive`() throws {
    #expect(LoopWatch(limitMilliseconds: 1).complaint == nil)
  }

  /// As after a SIGSTOP of the whole process: everybody is late, also who would complain.
  @Test func `time that the watcher was not there to see does not count`() throws {
    let watched = try Watched(loops: 1, limitMilliseconds: 500)
    let client = watched.connect()
    #expect(client.get("/livez")?.status == 200)
    let (gate, adminGate) = (Gate(), Gate())
    let (reached, adminReached) = (Gate(), Gate())
    defer {
      gate.open()
      adminGate.open()
    }
    watched.serving.all[0].post {
      reached.open()
      gate.wait()
    }
    reached.wait()
    watched.look(1)
    watched.admin.all[0].post {
      adminReached.open()
      adminGate.wait()
    }
    adminReached.wait()
    let stopped = Instant.now()
    while Instant.now() < stopped.adding(milliseconds: 700) { usleep(10_000) }
    adminGate.open()
    #expect(client.get("/livez")?.body == "ok\n")
    // It does hang, and that is found out as soon as it was seen for long enough.
    #expect(try answer(client, status: 503).status == 503)
    gate.open()
    #expect(try answer(client, status: 200).status == 200)
  }
}
