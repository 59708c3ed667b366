internal import Definitions
internal import Glibc
internal import Messages
internal import RPC
internal import Storage

/// The events that a replica has taken behind its base log, in a record file of its own. Blocks; for
/// the log's worker alone.
final class LogTail: @unchecked Sendable {
  static let fileName = "events.brigade"

  let folder: String
  let base: LogMark
  var seen: SeenEvents
  private let writer: RecordWriter

  /// Opens the folder's tail, or begins one. What a killed process had not finished is cut off:
  /// nobody was told that it was there.
  /// - Parameter replay: gets every event, in order.
  init(
    folder: String, base: LogMark, seen: SeenEvents, replay: (Event) -> Void
  ) throws(LogProblem) {
    self.folder = folder
    self.base = base
    self.seen = seen
    let path = "\(folder)/\(Self.fileName)"
    do {
      if mkdir(folder, 0o755) != 0, errno != EEXIST {
        throw LogProblem("\(folder): \(SystemError("mkdir"))")
      }
      if access(path, F_OK) != 0 {
        try RecordWriter(creating: path, kind: EventLog.kind).finish()
      }
      writer = try RecordWriter(appendingTo: path, kind: EventLog.kind)
      try EventLog.read(path) { event, _ in
        self.seen.insert(event.id)
        replay(event)
      }
    } catch let problem as LogProblem {
      throw problem
    } catch {
      throw LogProblem("\(error)")
    }
  }

  var path: String { writer.path }
  /// Whether opening cut off an append that had not finished.
  var end: RecordFileEnd { writer.endBefore }

  /// Returns when the events are on the device. After an error the log takes nothing more.
  func append(_ events: [Event]) throws(StorageError) {
    for event in events { try writer.append(event.encoded()) }
    try writer.sync()
  }

  func close() { try? writer.close() }
}

/// Reads a tail for followers that are far behind, one after the other from where the last reading
/// ended. Blocks; for one thread.
final class LogTailReader: @unchecked Sendable {
  private let path: String
  private let base: UInt64
  private let arena = Arena()
  private var reader: RecordReader?
  /// Of the event that `reader` gave last.
  private var position: UInt64 = 0

  init(path: String, base: UInt64) {
    self.path = path
    self.base = base
  }

  /// Up to `limit` events behind `after` and not behind `end`, which must be synced.
  func read(after: UInt64, through end: UInt64, limit: Int) throws(LogProblem) -> [Event] {
    do {
      if reader == nil || position != after {
        reader = try RecordReader(path: path, kind: EventLog.kind)
        position = base
      }
      var events: [Event] = []
      while position < end, events.count < limit, let record = try reader?.next() {
        position += 1
        guard position > after else { continue }
        arena.reset()
        events.append(try Event(decoding: record.payload, in: arena))
      }
      // The file was shorter when it was opened.
      if reader?.end != nil { reader = nil }
      return events
    } catch {
      reader = nil
      throw LogProblem("\(path): \(error)")
    }
  }
}
