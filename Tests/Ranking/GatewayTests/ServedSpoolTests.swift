import Definitions
import Messages
import RPC
import Storage
import Telemetry
import TestSupport
import Testing

@testable import Gateway

@Suite struct ServedSpoolTests {
  private let folder = TemporaryFolder()
  private let metrics = MetricsRegistry()
  private var path: String { folder.file("spool") }

  private func spool(
    bytesMax: Int = 1 << 20, _ metrics: MetricsRegistry = MetricsRegistry()
  ) throws -> ServedSpool {
    try ServedSpool(
      path: path, bytesMax: bytesMax, log: Log(sink: { _ in true }), metrics: metrics)
  }

  private func items(_ count: Int) -> [RankedItem] {
    (0..<count).map {
      var item = RankedItem()
      item.id = "item\($0)"
      return item
    }
  }

  private var decisions: [[Event]] {
    get throws { try Samples.spooled(in: path).map(\.events) }
  }

  private func value(_ series: String) -> String? { Samples.metric(series, metrics) }

  private let written = "brigade_gateway_spooled_events_total"
  private func dropped(_ reason: String) -> String? {
    value("brigade_gateway_spool_dropped_events_total{reason=\"\(reason)\"}")
  }

  @Test func `each item shown is an impression with its place, on disk at once`() throws {
    let spool = try spool(metrics)
    spool.keep(try Samples.question(), items(2))
    let events = try #require(try decisions.first)
    #expect(events.map(\.id) == ["request/1", "request/2"])
    #expect(events.map(\.itemID) == ["item0", "item1"])
    #expect(events.map(\.position) == [1, 2])
    #expect(events.allSatisfy { $0.kind == .impression && $0.userID == "ann" })
    #expect(events.allSatisfy { $0.requestID == "request" })
    #expect(events.allSatisfy { $0.timeMilliseconds == Samples.now })
    #expect(events[0].place?.latitude == Samples.place.latitude)
    #expect(value(written) == "2")
    #expect(value("brigade_gateway_spool_waiting_decisions") == "1")
    #expect(dropped("full") == "0")
  }

  @Test func `what was kept is there after the gateway comes back, and it goes on behind it`()
    throws
  {
    try spool().keep(try Samples.question(), items(2))
    try spool().keep(try Samples.question { $0.requestID = "next" }, items(1))
    #expect(try decisions.map { $0.map(\.id) } == [["request/1", "request/2"], ["next/1"]])
  }

  @Test func `a record that a crash cut short costs its whole answer, which never left`() throws {
    try spool().keep(try Samples.question(), items(2))
    try spool().keep(try Samples.question { $0.requestID = "torn" }, items(2))
    let name = folder.names(in: "spool").filter { $0.hasSuffix(".spool") }.dropLast().last
    let torn = "spool/\(try #require(name))"
    folder.write(Array(folder.bytes(of: torn).dropLast(3)), to: torn)
    let spool = try spool(metrics)
    #expect(value("brigade_gateway_spool_waiting_decisions") == "1")
    spool.keep(try Samples.question { $0.requestID = "next" }, items(1))
    #expect(try decisions.map { $0.map(\.id) } == [["request/1", "request/2"], ["next/1"]])
  }

  @Test func `a full spool drops whole answers and counts them`() throws {
    let bytes = try record(items(3)).count + 8
    let spool = try spool(bytesMax: bytes + bytes / 3, metrics)
    for _ in 0..<3 { spool.keep(try Samples.question(), items(3)) }
    #expect(try decisions.count == 1)
    #expect(value(written) == "3")
    #expect(dropped("full") == "6")
  }

  private func record(_ items: [RankedItem]) throws -> [UInt8] {
    let other = TemporaryFolder()
    let spool = try ServedSpool(
      path: other.file("spool"), bytesMax: 1 << 20, log: Log(sink: { _ in true }),
      metrics: MetricsRegistry())
    spool.keep(try Samples.question(), items)
    return try #require(try Samples.spooled(in: other.file("spool")).first).encoded()
  }

  @Test func `an empty answer leaves nothing`() throws {
    let spool = try spool(metrics)
    spool.keep(try Samples.question(), [])
    #expect(try decisions.isEmpty)
    #expect(dropped("full") == "0")
  }

  @Test func `what the log would refuse is dropped at once and counted`() throws {
    let spool = try spool(metrics)
    spool.keep(try Samples.question(), items(2), nowMilliseconds: Samples.now - 86_400_000)
    #expect(try decisions.isEmpty)
    #expect(dropped("refused") == "2")
  }

  @Test func `what is kept durably is in the spool, and a full one says so`() async throws {
    let request = Samples.append("a", "b")
    let spool = try spool(bytesMax: request.encoded().count + 8, metrics)
    try await spool.keepDurably(request)
    #expect(try decisions.map { $0.map(\.id) } == [["a", "b"]])
    let error = await #expect(throws: RPCError.self) { try await spool.keepDurably(request) }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message == "the spool is full")
    #expect(dropped("full") == "2")
  }

  @Test func `many appends at once are all in the spool`() async throws {
    let spool = try spool()
    try await withThrowingTaskGroup { group in
      for number in 0..<ServedSpool.syncsWaitingMax {
        group.addTask { try await spool.keepDurably(Samples.append("\(number)")) }
      }
      try await group.waitForAll()
    }
    #expect(try Set(decisions.map { $0[0].id }).count == ServedSpool.syncsWaitingMax)
  }

  @Test func `one loop forwards`() throws {
    let spool = try spool()
    #expect(spool.claimForwarding())
    #expect(!spool.claimForwarding())
  }

  @Test func `a file, and a folder that is not there, are errors with their path`() {
    folder.write("what an older gateway left", to: "spool")
    let foreign = #expect(throws: StorageError.self) { try spool() }
    #expect(foreign?.description.contains(path) == true)
    let absent = folder.file("nowhere/spool")
    let error = #expect(throws: StorageError.self) {
      try ServedSpool(
        path: absent, bytesMax: 1, log: Log(sink: { _ in true }), metrics: metrics)
    }
    #expect(error?.description.contains(absent) == true)
  }

  @Test func `two gateways can't have one spool`() throws {
    let first = try spool()
    let error = #expect(throws: StorageError.self) { try spool() }
    #expect(error?.description.hasSuffix("another gateway has this spool") == true)
    withExtendedLifetime(first) {}
  }
}

extension TemporaryFolder {
  fileprivate func names(in name: String) -> [String] {
    (1..<100 as Range<UInt64>).map { "\(SpoolCursor.padded($0)).spool" }.filter {
      !bytes(of: "\(name)/\($0)").isEmpty
    }
  }
}
