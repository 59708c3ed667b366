import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct ReplicaBoardTests {
  private typealias P = PageSamples

  private func report(
    _ board: inout ReplicaBoard, _ replicas: [ReplicaStatus], loop: Int = 0, at second: Int64 = 1
  ) {
    board.report(
      [.inference: replicas], by: loop, Instant(nanoseconds: second * 1_000_000_000),
      unixMilliseconds: second * 1_000)
  }

  @Test func `loops' views become one: the worst state, all calls, the longest latency`() throws {
    var board = ReplicaBoard()
    report(
      &board,
      [
        P.replica("a") {
          $0.inFlight = 2
          $0.load = 5
          $0.latencyNanoseconds = 1_000
        }
      ])
    report(
      &board,
      [
        P.replica("a", .lost) {
          $0.why = "refused"
          $0.inFlight = 1
          $0.load = 3
          $0.processors = 0.5
        }
      ], loop: 1)
    let replica = try #require(board.replicas[.inference]?.first)
    #expect(replica.status.state == .lost && replica.status.why == "refused")
    #expect(replica.agreeing == 1 && replica.loops == 2)
    #expect(replica.status.inFlight == 3 && replica.status.load == 5)
    #expect(replica.status.processors == 0.5 && replica.status.latencyNanoseconds == 1_000)
    report(&board, [P.replica("a", .lost)], loop: 0)
    #expect(board.replicas[.inference]?.first?.agreeing == 2)
  }

  @Test func `the name that a replica has told one loop is its name`() {
    var board = ReplicaBoard()
    report(&board, [P.replica("127.0.0.1:1", .lost) { $0.software = "" }])
    report(&board, [P.replica("a")], loop: 1)
    report(&board, [P.replica("127.0.0.1:1", .lost) { $0.software = "" }])
    #expect(board.replicas[.inference]?.map(\.status.name) == ["a"])
  }

  @Test func `what a replica has loaded is what it has told any loop`() {
    var board = ReplicaBoard()
    let tags = ServedTags(["model:browse/1"])
    report(&board, [P.replica("a") { $0.serves = tags }])
    report(&board, [P.replica("a")], loop: 1)
    #expect(board.replicas[.inference]?.map(\.status.serves) == [tags])
    report(&board, [P.replica("a")])
    report(&board, [P.replica("a") { $0.serves = tags }], loop: 1)
    #expect(board.replicas[.inference]?.map(\.status.serves) == [tags])
  }

  @Test func `what changed is told, but not how it began`() {
    var board = ReplicaBoard()
    report(&board, [P.replica("a", .connecting), P.replica("b", port: 2)])
    report(&board, [P.replica("a"), P.replica("b", port: 2)], at: 2)
    #expect(board.changes.isEmpty)
    report(&board, [P.replica("a", .lost) { $0.why = "gone" }, P.replica("c", port: 3)], at: 3)
    #expect(
      board.changes == [
        ReplicaBoard.Change(
          unixMilliseconds: 3_000, service: .inference, replica: "a", from: .ready, to: .lost,
          why: "gone"),
        ReplicaBoard.Change(
          unixMilliseconds: 3_000, service: .inference, replica: "b", from: .ready, to: nil,
          why: ""),
        ReplicaBoard.Change(
          unixMilliseconds: 3_000, service: .inference, replica: "c", from: nil, to: .ready,
          why: ""),
      ])
  }

  @Test func `a replica that comes and goes does not fill the memory`() {
    var board = ReplicaBoard()
    for second in 0..<200 {
      report(&board, [P.replica("a", second % 2 == 0 ? .ready : .lost)], at: Int64(second))
    }
    #expect(board.changes.count == ReplicaBoard.changesMax)
    #expect(board.changes.last?.unixMilliseconds == 199_000)
  }

  @Test func `a loop that tells nothing is noticed`() {
    var board = ReplicaBoard()
    #expect(board.age(Instant(nanoseconds: 5)) == nil)
    report(&board, [], at: 1)
    report(&board, [], loop: 1, at: 4)
    #expect(board.age(Instant(nanoseconds: 5_000_000_000)) == 4_000_000_000)
  }
}
