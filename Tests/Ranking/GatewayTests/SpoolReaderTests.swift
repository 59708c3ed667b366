import Definitions
import Messages
import RPC
import Storage
import TestSupport
import Testing

@testable import Gateway

@Suite struct SpoolReaderTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("spool") }

  private func store(segmentBytes: Int = 1 << 20) throws -> SpoolStore {
    try SpoolStore(path: path, bytesMax: 1 << 30, segmentBytes: segmentBytes)
  }

  /// As the spool does it, but at once.
  private func append(_ id: String, to store: SpoolStore) {
    if store.beginPreparing(nowMilliseconds: 0) { store.prepare(nowMilliseconds: 0) }
    let kept = store.append(Samples.append(id).encoded(), nowMilliseconds: 0)
    guard case .written = kept else {
      Issue.record("\(kept)")
      return
    }
  }

  private func read(_ reader: SpoolReader, settled: Int = 0) -> [String] {
    guard case .decisions(let decisions, _) = reader.read(settled: settled, nowMilliseconds: 0)
    else { return ["failed"] }
    return decisions.flatMap { $0.events.map(\.id) }
  }

  /// Everything, in the order of reading.
  private func all(_ reader: SpoolReader) -> [String] {
    var ids: [String] = []
    var batch = read(reader)
    while !batch.isEmpty {
      ids += batch
      batch = read(reader, settled: batch.count)
    }
    return ids
  }

  @Test func `what was appended is read in order, and what comes later after it`() throws {
    let store = try store()
    let reader = SpoolReader(store)
    #expect(read(reader).isEmpty)
    append("a", to: store)
    append("b", to: store)
    #expect(read(reader) == ["a", "b"])
    append("c", to: store)
    #expect(read(reader, settled: 2) == ["c"])
    #expect(read(reader, settled: 1).isEmpty)
    append("d", to: store)
    #expect(read(reader) == ["d"])
    #expect(store.waitingDecisions == 1)
  }

  @Test func `many small segments are read through, and removed behind the reader`() throws {
    let store = try store(segmentBytes: 200)
    let ids = (0..<60).map { "event-\($0)" }
    for id in ids { append(id, to: store) }
    #expect(try store.folder.segmentNumbers().count > 10)
    #expect(all(SpoolReader(store)) == ids)
    // The open one, and the spare.
    #expect(try store.folder.segmentNumbers().count <= 2)
    #expect(store.waitingDecisions == 0)
    #expect(store.bytes < 400)
  }

  @Test func `the next run begins where the last one's forwarding ended`() throws {
    let ids = (0..<30).map { "event-\($0)" }
    for forwarded in [0, 1, 7, 29, 30] {
      let own = TemporaryFolder()
      do {
        let store = try SpoolStore(path: own.file("spool"), bytesMax: 1 << 30, segmentBytes: 200)
        for id in ids { append(id, to: store) }
        let limits = ForwardQueue.Limits(eventsMax: 1)
        let reader = SpoolReader(store, limits: limits)
        for number in 0..<forwarded { #expect(read(reader, settled: min(number, 1)).count == 1) }
        _ = read(reader, settled: min(forwarded, 1))
      }
      let store = try SpoolStore(path: own.file("spool"), bytesMax: 1 << 30, segmentBytes: 200)
      #expect(all(SpoolReader(store)) == Array(ids[forwarded...]), "after \(forwarded)")
    }
  }

  @Test func `a batch ends near its limits`() throws {
    let store = try store()
    for number in 0..<10 { append("\(number)", to: store) }
    let reader = SpoolReader(store, limits: ForwardQueue.Limits(eventsMax: 4))
    #expect(read(reader) == ["0", "1", "2", "3"])
    #expect(read(reader, settled: 4) == ["4", "5", "6", "7"])
    #expect(read(reader, settled: 4) == ["8", "9"])
  }

  @Test func `records that are no decisions are passed over and counted`() throws {
    let store = try store()
    append("a", to: store)
    _ = store.append(Array("no message".utf8), nowMilliseconds: 0)
    _ = store.append([], nowMilliseconds: 0)
    append("b", to: store)
    let reader = SpoolReader(store)
    #expect(read(reader) == ["a"])
    guard case .decisions(let decisions, damaged: 2) = reader.read(settled: 1, nowMilliseconds: 0)
    else {
      Issue.record("not two")
      return
    }
    #expect(decisions.map { $0.events[0].id } == ["b"])
  }

  @Test func `damage costs the rest of its segment, is told, and nothing else waits for it`() throws
  {
    do {
      let store = try store(segmentBytes: 200)
      for number in 0..<30 { append("event-\(number)", to: store) }
    }
    let name = "spool/\(SpoolCursor.padded(1)).spool"
    var bytes = folder.bytes(of: name)
    bytes[45] ^= 1
    folder.write(bytes, to: name)
    var damage: [String] = []
    let store = try SpoolStore(path: path, bytesMax: 1 << 30) { damage.append($0) }
    #expect(damage.count == 1)
    #expect(damage.first?.contains("checksum") == true)
    let ids = all(SpoolReader(store))
    #expect(ids.count < 30 && ids.count > 20)
    #expect(ids == (30 - ids.count..<30).map { "event-\($0)" })
  }

  @Test func `a segment that somebody removed is given up and counted`() throws {
    let store = try store(segmentBytes: 200)
    for number in 0..<30 { append("event-\(number)", to: store) }
    store.folder.remove(1)
    guard
      case .decisions(let decisions, let damaged) = SpoolReader(store).read(
        settled: 0, nowMilliseconds: 0)
    else {
      Issue.record("failed")
      return
    }
    #expect(damaged > 0)
    #expect(decisions.first?.events.first?.id == "event-\(damaged)")
  }

  @Test func `the oldest age is zero when nothing waits, and counts from the last empty look`()
    throws
  {
    let store = try store()
    #expect(store.waitingMilliseconds(now: 500) == 0)
    _ = store.append(Samples.append("a").encoded(), nowMilliseconds: 100)
    #expect(store.waitingMilliseconds(now: 500) == 400)
    let reader = SpoolReader(store)
    _ = reader.read(settled: 0, nowMilliseconds: 600)
    _ = reader.read(settled: 1, nowMilliseconds: 700)
    #expect(store.waitingMilliseconds(now: 800) == 0)
    _ = store.append(Samples.append("b").encoded(), nowMilliseconds: 750)
    #expect(store.waitingMilliseconds(now: 800) == 100)
  }
}
