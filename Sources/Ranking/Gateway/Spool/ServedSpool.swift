internal import Definitions
internal import Glibc
internal import Messages
internal import RPC
internal import Storage
internal import Synchronization
internal import Telemetry

/// What was served, kept on this gateway's own disk before the answer leaves: an impression for
/// each item, so that what the model learns from does not depend on another process being up.
final class ServedSpool: Sendable {
  static let kind = "served"

  private struct State {
    var writer: RecordWriter
    var bytes: Int
  }

  private let state: Mutex<State?>
  private let bytesMax: Int
  private let written: Counter
  private let dropped: Counter

  init(path: String, bytesMax: Int, metrics: MetricsRegistry) throws(StorageError) {
    self.bytesMax = bytesMax
    written = metrics.counter(
      "brigade_gateway_spooled_events_total", "Impressions written to the spool")
    dropped = metrics.counter(
      "brigade_gateway_spool_dropped_events_total",
      "Impressions lost because the spool is full or can't be written")
    // Only a finished file is there to be appended to.
    if access(path, F_OK) != 0 { try RecordWriter(creating: path, kind: Self.kind).finish() }
    let writer = try RecordWriter(appendingTo: path, kind: Self.kind)
    state = Mutex(State(writer: writer, bytes: 0))
  }

  func keep(_ question: RankQuestion, _ items: [RankedItem]) {
    let events = items.enumerated().map { Self.impression(question, $1, position: $0 + 1) }
    let isWritten = state.withLock { state in write(events, &state) }
    (isWritten ? written : dropped).increment(by: UInt64(events.count))
  }

  private func write(_ events: [Event], _ state: inout State?) -> Bool {
    guard var current = state else { return false }
    let records = events.map { $0.encoded() }
    let bytes = records.reduce(0) { $0 + $1.count + RecordFile.recordHeadBytes }
    guard current.bytes + bytes <= bytesMax else { return false }
    do throws(StorageError) {
      for record in records { try current.writer.append(record) }
      try current.writer.flush()
      current.bytes += bytes
      state = current
      return true
    } catch {
      // A writer that failed once may have left half a record: nothing goes behind it.
      state = nil
      return false
    }
  }

  private static func impression(
    _ question: RankQuestion, _ item: RankedItem, position: Int
  ) -> Event {
    var event = Event()
    event.id = "\(question.requestID)/\(position)"
    event.kind = .impression
    event.timeMilliseconds = question.nowMilliseconds
    event.userID = question.userID
    event.itemID = item.id
    event.requestID = question.requestID
    event.position = UInt32(position)
    event.place = question.coordinate.place
    return event
  }
}
