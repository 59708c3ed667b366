internal import Glibc
internal import Messages
internal import RPC
internal import Storage
internal import Telemetry

/// The events of one record of the spool.
struct SpooledDecision: Sendable {
  let events: [Event]
  let bytes: Int
}

extension AppendRequest {
  init(_ decisions: ArraySlice<SpooledDecision>) {
    self.init()
    events = decisions.flatMap(\.events)
  }
}

/// Reads a spool in order, from where it was forwarded to. Confined to the spool's worker.
final class SpoolReader: @unchecked Sendable {
  enum Answer: Sendable {
    /// One batch, of one segment; none when nothing waits. `damaged` records were left out.
    case decisions([SpooledDecision], damaged: UInt64)
    /// The disk said no; to be tried again.
    case failed(String)
  }

  /// A record file opened at a time, and how many of its records may be read.
  private struct Position {
    let segment: UInt64
    let reader: RecordReader
    let records: UInt64
    var next: UInt64 = 0
  }

  private let store: SpoolStore
  private let limits: ForwardQueue.Limits
  private let arena = Arena()
  private var position: Position?

  init(_ store: SpoolStore, limits: ForwardQueue.Limits = .init()) {
    self.store = store
    self.limits = limits
  }

  /// The next batch after `settled` decisions of those given out were forwarded or dropped, which
  /// have to be all of them.
  func read(settled: Int, nowMilliseconds: Int64) -> Answer {
    var damaged: UInt64 = 0
    var settled = UInt64(settled)
    while true {
      guard let (segment, cursor) = store.settle(settled, nowMilliseconds: nowMilliseconds) else {
        return .decisions([], damaged: damaged)
      }
      settled = 0
      do throws(StorageError) {
        let decisions = try batch(segment, from: cursor.records)
        if !decisions.isEmpty { return .decisions(decisions, damaged: damaged) }
        // A record that is no decision: written whole, yet nobody can read it.
        damaged += 1
        settled = 1
      } catch {
        position = nil
        if case .system(_, _, let code) = error, code != ENOENT { return .failed("\(error)") }
        damaged += store.giveUpFirst()
      }
    }
  }

  /// Sound decisions from the cursor on, up to the first that is none.
  private func batch(
    _ segment: SpoolSegments.Segment, from cursor: UInt64
  ) throws(StorageError) -> [SpooledDecision] {
    try open(segment, at: cursor)
    guard var position else { return [] }
    defer { self.position = position }
    var decisions: [SpooledDecision] = []
    var batch = ForwardQueue.Size()
    while position.next < position.records, batch.hasRoom(limits) {
      guard let view = try position.reader.next() else {
        throw .damaged(
          path: position.reader.path, offset: 0, record: position.next + 1,
          reason: "the file became shorter")
      }
      position.next += 1
      arena.reset()
      guard let request = try? AppendRequest(decoding: view.payload, in: arena),
        !request.events.isEmpty
      else { break }
      let decision = SpooledDecision(events: request.events, bytes: view.payload.count)
      decisions.append(decision)
      batch.add(decision)
    }
    return decisions
  }

  /// Goes on where the last batch ended, unless that was given up or the file has grown since.
  private func open(
    _ segment: SpoolSegments.Segment, at cursor: UInt64
  ) throws(StorageError) {
    if let position, position.segment == segment.number, position.next == cursor,
      position.next < position.records
    {
      return
    }
    position = nil
    let reader = try RecordReader(
      path: store.folder.segment(segment.number), kind: SpoolFolder.kind)
    for _ in 0..<cursor { _ = try reader.next() }
    position = Position(
      segment: segment.number, reader: reader, records: segment.records, next: cursor)
  }
}
