package import Messages
internal import RPC
package import Storage

/// The record file of events, in log order.
package enum EventLog {
  package static let kind = "events"

  /// Calls `body` with every event and its position in the log, which counts from 1.
  ///
  /// A torn tail ends the log as if it were not there; the result tells. Throws `DataError` for a
  /// file or a record that cannot be read, and whatever `body` throws.
  @discardableResult
  package static func read(
    _ path: String, _ body: (Event, _ position: UInt64) throws -> Void
  ) throws -> RecordFileEnd {
    let arena = Arena()
    do {
      let reader = try RecordReader(path: path, kind: kind)
      while let view = try reader.next() {
        arena.reset()
        let event = try Self.event(view, in: arena, path: path)
        try body(event, view.number)
      }
      return reader.end ?? .complete
    } catch let error as StorageError {
      throw DataError(source: error.path, reason: error.reason)
    }
  }

  private static func event(
    _ view: RecordView, in arena: Arena, path: String
  ) throws(DataError) -> Event {
    do throws(InvalidMessage) { return try Event(decoding: view.payload, in: arena) } catch {
      throw DataError(source: path, record: view.number, reason: "\(error)")
    }
  }
}
