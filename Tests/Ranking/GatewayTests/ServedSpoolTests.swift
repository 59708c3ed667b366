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
  private var path: String { folder.file("served.spool") }

  private func spool(
    bytesMax: Int = 1 << 20, _ metrics: MetricsRegistry = MetricsRegistry()
  ) throws -> ServedSpool {
    try ServedSpool(path: path, bytesMax: bytesMax, metrics: metrics)
  }

  private func items(_ count: Int) -> [RankedItem] {
    (0..<count).map {
      var item = RankedItem()
      item.id = "item\($0)"
      return item
    }
  }

  private func events() throws -> [Event] {
    var events: [Event] = []
    _ = try RecordReader(path: path, kind: ServedSpool.kind).forEach {
      events.append(try Event(decoding: Array($0)))
    }
    return events
  }

  private func value(_ name: String) -> String? {
    metrics.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(name + " ") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  private let written = "brigade_gateway_spooled_events_total"
  private let dropped = "brigade_gateway_spool_dropped_events_total"

  @Test func `each item shown is an impression with its place, on disk at once`() throws {
    let spool = try spool(metrics)
    spool.keep(try Samples.question(), items(2))
    let events = try events()
    #expect(events.map(\.id) == ["request/1", "request/2"])
    #expect(events.map(\.itemID) == ["item0", "item1"])
    #expect(events.map(\.position) == [1, 2])
    #expect(events.allSatisfy { $0.kind == .impression && $0.userID == "ann" })
    #expect(events.allSatisfy { $0.requestID == "request" })
    #expect(events.allSatisfy { $0.timeMilliseconds == Samples.now })
    #expect(events[0].place?.latitude == Samples.place.latitude)
    #expect(value(written) == "2")
    #expect(value(dropped) == "0")
  }

  @Test func `what was kept is there after the gateway comes back, and it goes on behind it`()
    throws
  {
    try spool().keep(try Samples.question(), items(2))
    try spool().keep(try Samples.question { $0.requestID = "next" }, items(1))
    #expect(try events().map(\.id) == ["request/1", "request/2", "next/1"])
  }

  @Test func `an append that a crash cut short costs only itself`() throws {
    try spool().keep(try Samples.question(), items(2))
    let whole = folder.bytes(of: "served.spool")
    folder.write(Array(whole.dropLast(3)), to: "served.spool")
    try spool().keep(try Samples.question { $0.requestID = "next" }, items(1))
    #expect(try events().map(\.id) == ["request/1", "next/1"])
  }

  @Test func `a full spool drops whole answers and counts them`() throws {
    let one = try spool()
    one.keep(try Samples.question(), items(3))
    let bytes = folder.bytes(of: "served.spool").count - 32
    let spool = try spool(bytesMax: bytes + bytes / 3, metrics)
    for _ in 0..<3 { spool.keep(try Samples.question(), items(3)) }
    #expect(try events().count == 6)
    #expect(value(written) == "3")
    #expect(value(dropped) == "6")
    spool.keep(try Samples.question(), items(1))
    #expect(value(written) == "4")
  }

  @Test func `an empty answer leaves nothing`() throws {
    let spool = try spool(metrics)
    spool.keep(try Samples.question(), [])
    #expect(try events().isEmpty)
    #expect(value(dropped) == "0")
  }

  @Test func `a file of another kind and a folder that is not there are errors with their path`() {
    folder.write("not a spool, but long enough for a header", to: "served.spool")
    let foreign = #expect(throws: StorageError.self) { try spool() }
    #expect(foreign?.description.contains(path) == true)
    let absent = folder.file("nowhere/spool")
    let error = #expect(throws: StorageError.self) {
      try ServedSpool(path: absent, bytesMax: 1, metrics: metrics)
    }
    #expect(error?.description.contains(absent) == true)
  }
}
