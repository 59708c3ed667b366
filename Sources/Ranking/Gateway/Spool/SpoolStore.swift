internal import Glibc
internal import RPC
internal import Storage
internal import Telemetry

/// A spool's segments on disk: any loop appends, and the worker makes the next segment before it is
/// needed, since that waits for the disk. May be used on any thread.
final class SpoolStore: Sendable {
  /// A reader that comes back to a segment reads from its start, every quarter of a second at
  /// most: half a MiB is half a millisecond then.
  static let segmentBytes = 1 << 20
  /// Before a segment is tried again on a disk that refused one.
  static let refusedMilliseconds: Int64 = 1_000

  enum Kept: Equatable, Sendable {
    /// Handed to the kernel, in this segment.
    case written(segment: UInt64)
    case full
    case failed(String)
  }

  /// Used under the lock only.
  private struct Writer: @unchecked Sendable {
    let number: UInt64
    let records: RecordWriter
  }

  private struct State {
    var segments: SpoolSegments
    var writer: Writer?
    var spare: Writer?
    var isPreparing = false
    var preparesAfterMilliseconds: Int64 = 0
    var caughtUpMilliseconds: Int64 = 0
    var lastError = "no segment yet"
  }

  let folder: SpoolFolder
  private let segmentBytes: Int
  private let bytesMax: Int
  private let state: Guarded<State>

  /// Takes up what an earlier run left; reads all of that.
  /// - Parameter onDamage: called with why the rest of a segment is lost.
  init(
    path: String, bytesMax: Int, segmentBytes: Int = SpoolStore.segmentBytes,
    onDamage: (String) -> Void = { _ in }
  ) throws(StorageError) {
    let folder = try SpoolFolder(path)
    var left: [SpoolSegments.Segment] = []
    for number in try folder.segmentNumbers() {
      left.append(try Self.measure(number, in: folder, onDamage))
    }
    var segments = SpoolSegments(left, cursor: folder.cursor())
    let number = segments.nextNumber
    let writer = Writer(number: number, records: try folder.create(number))
    // Forwarded before the cursor came to be where it is.
    for segment in left where segment.number < segments.cursor.segment {
      folder.remove(segment.number)
    }
    segments.open(number)
    self.folder = folder
    self.segmentBytes = segmentBytes
    self.bytesMax = bytesMax
    state = Guarded(State(segments: segments, writer: writer))
  }

  private static func measure(
    _ number: UInt64, in folder: SpoolFolder, _ onDamage: (String) -> Void
  ) throws(StorageError) -> SpoolSegments.Segment {
    let (bytes, changed) = try folder.sizeAndChange(number)
    var segment = SpoolSegments.Segment(number: number, bytes: bytes, sinceMilliseconds: changed)
    do throws(StorageError) {
      let reader = try RecordReader(path: folder.segment(number), kind: SpoolFolder.kind)
      while try reader.next() != nil { segment.records += 1 }
    } catch {
      if case .system = error { throw error }
      // What comes before the damage is sound.
      onDamage(error.description)
    }
    return segment
  }

  // MARK: Appending

  /// Appends one record and hands it to the kernel: it survives this process. Does not wait for
  /// the disk.
  func append(_ record: [UInt8], nowMilliseconds: Int64) -> Kept {
    let bytes = record.count + RecordFile.recordHeadBytes
    return state.withLock { state in
      takeSpare(&state)
      guard let writer = state.writer else { return .failed(state.lastError) }
      guard state.segments.bytes + bytes <= bytesMax else { return .full }
      do throws(StorageError) {
        try writer.records.append(record)
        try writer.records.flush()
      } catch {
        // It may have left half a record: nothing goes behind it.
        state.writer = nil
        state.segments.closeLast()
        state.lastError = error.description
        return .failed(error.description)
      }
      state.segments.appended(bytes: bytes, nowMilliseconds: nowMilliseconds)
      return .written(segment: writer.number)
    }
  }

  private func takeSpare(_ state: inout State) {
    let isDue = state.writer == nil || (state.segments.all.last?.bytes ?? 0) >= segmentBytes
    guard isDue, let spare = state.spare else { return }
    state.segments.open(spare.number)
    state.writer = spare
    state.spare = nil
  }

  /// Whether a segment to go on with should be made now; then `prepare` has to follow.
  func beginPreparing(nowMilliseconds: Int64) -> Bool {
    state.withLock { state in
      guard state.spare == nil, !state.isPreparing,
        nowMilliseconds >= state.preparesAfterMilliseconds
      else { return false }
      state.isPreparing = true
      return true
    }
  }

  /// Makes the next segment; waits for the disk.
  func prepare(nowMilliseconds: Int64) {
    let number = state.withLock { $0.segments.nextNumber }
    let made: Result<Writer, StorageError>
    do throws(StorageError) {
      made = .success(Writer(number: number, records: try folder.create(number)))
    } catch {
      made = .failure(error)
    }
    state.withLock { state in
      state.isPreparing = false
      switch made {
      case .success(let writer): state.spare = writer
      case .failure(let error):
        state.lastError = error.description
        state.preparesAfterMilliseconds = nowMilliseconds + Self.refusedMilliseconds
      }
    }
  }

  // MARK: Forwarding

  /// The next records were forwarded, or given up: moves the cursor and removes what is complete.
  /// - Returns: the segment to read on in; nil when nothing waits.
  func settle(
    _ records: UInt64, nowMilliseconds: Int64
  ) -> (segment: SpoolSegments.Segment, cursor: SpoolCursor)? {
    let (finished, cursor, readable) = state.withLock { state in
      state.segments.settled(records)
      let finished = state.segments.takeFinished()
      let readable = state.segments.readable
      if readable == nil { state.caughtUpMilliseconds = nowMilliseconds }
      return (finished, state.segments.cursor, readable)
    }
    // A cursor that can't be written only has some sent again, by the next run.
    if records > 0 || !finished.isEmpty { try? folder.write(cursor) }
    for number in finished { folder.remove(number) }
    return readable.map { ($0, cursor) }
  }

  /// Gives up the rest of the first segment; how many records that was.
  func giveUpFirst() -> UInt64 { state.withLock { $0.segments.giveUpFirst() } }

  /// Returns when all that waits is on the device.
  func synchronize() throws(StorageError) {
    let numbers = state.withLock { $0.segments.all.map(\.number) }
    for number in numbers { try folder.synchronize(number) }
  }

  // MARK: Looking

  var bytes: Int { state.withLock { $0.segments.bytes } }
  var waitingDecisions: UInt64 { state.withLock { $0.segments.waitingDecisions } }

  func waitingMilliseconds(now: Int64) -> Int64 {
    state.withLock { state in
      let since = state.segments.waitingSince(caughtUpMilliseconds: state.caughtUpMilliseconds)
      return since.map { max(0, now - $0) } ?? 0
    }
  }
}
