internal import Definitions

/// The timelines of all entities of one kind: a record each, of as many timelines as the plan has series.
struct TimelineStore: Sendable {
  private let empty: [Timeline]
  private var records: [UInt64: Int32] = [:]
  private var timelines: [Timeline] = []
  /// By record: the log position of its last event.
  private var touched: [UInt64] = []
  private var freed: [Int32] = []

  /// No entity of this kind has a key, for want of an item or a category.
  static let noSubject: Int32 = -2
  /// Nothing has happened to the entity yet.
  static let noRecord: Int32 = -1

  init(_ series: [TimelineSeries]) {
    empty = series.map { Timeline(halfLivesMilliseconds: $0.halfLivesMilliseconds) }
  }

  var count: Int { records.count }

  func record(of key: UInt64?) -> Int32 {
    guard let key else { return Self.noSubject }
    return records[key] ?? Self.noRecord
  }

  /// The record of `key`, made if there is none, and whether it was made.
  mutating func admit(_ key: UInt64, at position: UInt64) -> (record: Int32, isNew: Bool) {
    if let record = records[key] {
      touched[Int(record)] = position
      return (record, false)
    }
    let record: Int32
    if let free = freed.popLast() {
      record = free
      touched[Int(record)] = position
    } else {
      record = Int32(touched.count)
      touched.append(position)
      timelines.append(contentsOf: empty)
    }
    records[key] = record
    return (record, true)
  }

  mutating func forget(_ key: UInt64) {
    guard let record = records.removeValue(forKey: key) else { return }
    let start = Int(record) * empty.count
    timelines.replaceSubrange(start..<start + empty.count, with: empty)
    freed.append(record)
  }

  mutating func append(timeMilliseconds: Int64, value: Double, to record: Int32, slot: Int) {
    timelines[Int(record) * empty.count + slot].append(
      timeMilliseconds: timeMilliseconds, value: value)
  }

  func touchedPosition(_ record: Int32) -> UInt64 { touched[Int(record)] }

  func hasEvents(_ record: Int32, slot: Int) -> Bool {
    timelines[Int(record) * empty.count + slot].count > 0
  }

  func lastMilliseconds(_ record: Int32, slot: Int, before instant: RequestInstant) -> Int64? {
    timelines[Int(record) * empty.count + slot].last(through: instant.lastVisible)
  }

  func eventCount(_ record: Int32, slot: Int, before instant: RequestInstant) -> Int {
    timelines[Int(record) * empty.count + slot].count(
      from: instant.start(of: .all), through: instant.lastVisible)
  }

  /// NaN is missing. An entity to which nothing has happened has counts and sums of zero.
  func value(_ reading: TimelineReading, slot: Int, record: Int32, at instant: RequestInstant)
    -> Float
  {
    if record < 0 {
      guard record == Self.noRecord else { return .nan }
      switch reading {
      case .count, .sum, .decayed: return 0
      case .mean, .recencyHours: return .nan
      }
    }
    let index = Int(record) * empty.count + slot
    let through = instant.lastVisible
    switch reading {
    case .count(let window):
      return Float(timelines[index].count(from: instant.start(of: window), through: through))
    case .sum(let window):
      return Float(timelines[index].sum(from: instant.start(of: window), through: through))
    case .mean(let window):
      let from = instant.start(of: window)
      let count = timelines[index].count(from: from, through: through)
      guard count > 0 else { return .nan }
      return Float(timelines[index].sum(from: from, through: through) / Double(count))
    case .recencyHours(let window):
      guard let last = timelines[index].last(through: through), last > instant.start(of: window)
      else { return .nan }
      return Float(Double(instant.milliseconds - last) / 3_600_000)
    case .decayed(let halfLife): return Float(timelines[index].decayed(halfLife, at: through))
    }
  }
}
