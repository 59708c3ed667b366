import Testing

@testable import Gateway

@Suite struct SpoolSegmentsTests {
  private typealias Segment = SpoolSegments.Segment

  private func left(_ records: [UInt64]) -> [Segment] {
    records.enumerated().map {
      Segment(
        number: UInt64($0 + 5), bytes: 100, records: $1, sinceMilliseconds: Int64($0 + 1) * 10)
    }
  }

  @Test func `what an earlier run left is read from the cursor on`() {
    var segments = SpoolSegments(left([3, 2]), cursor: SpoolCursor(segment: 5, records: 1))
    segments.open(segments.nextNumber)
    #expect(segments.waitingDecisions == 4)
    #expect(segments.readable?.number == 5)
    segments.settled(2)
    #expect(segments.takeFinished() == [5])
    #expect(segments.cursor == SpoolCursor(segment: 6))
    #expect(segments.bytes == 100)
    segments.settled(2)
    #expect(segments.takeFinished() == [6])
    #expect(segments.readable == nil)
    #expect(segments.waitingDecisions == 0)
  }

  @Test func `the open segment stays though all of it was forwarded`() {
    var segments = SpoolSegments()
    segments.open(1)
    segments.appended(bytes: 9, nowMilliseconds: 1)
    segments.settled(1)
    #expect(segments.takeFinished().isEmpty)
    segments.appended(bytes: 9, nowMilliseconds: 1)
    #expect(segments.readable?.records == 2)
    #expect(segments.cursor == SpoolCursor(segment: 1, records: 1))
    segments.settled(1)
    segments.open(2)
    #expect(segments.takeFinished() == [1])
  }

  @Test func `a cursor outside of the segments is moved to where they begin or end`() {
    let before = SpoolSegments(left([3]), cursor: SpoolCursor(segment: 2, records: 9))
    #expect(before.cursor == SpoolCursor(segment: 5))
    let torn = SpoolSegments(left([3]), cursor: SpoolCursor(segment: 5, records: 9))
    #expect(torn.cursor == SpoolCursor(segment: 5, records: 3))
    let behind = SpoolSegments(left([3]), cursor: SpoolCursor(segment: 9, records: 1))
    #expect(behind.waitingDecisions == 0)
    // A new segment of that number would be taken for one with a record forwarded.
    #expect(behind.nextNumber > 9)
  }

  @Test func `a spare made before the last segment was given up keeps its number`() {
    var segments = SpoolSegments()
    segments.open(1)
    let spare = segments.nextNumber
    segments.closeLast()
    #expect(segments.takeFinished() == [1])
    segments.open(spare)
    #expect(segments.cursor == SpoolCursor(segment: spare))
  }

  @Test func `a closed segment takes nothing more`() {
    var segments = SpoolSegments()
    segments.open(1)
    segments.closeLast()
    segments.appended(bytes: 9, nowMilliseconds: 1)
    #expect(segments.waitingDecisions == 0)
  }

  @Test func `giving up the first segment goes on with the next`() {
    var segments = SpoolSegments(left([3, 2]), cursor: SpoolCursor(segment: 5, records: 1))
    #expect(segments.giveUpFirst() == 2)
    #expect(segments.takeFinished() == [5])
    #expect(segments.waitingDecisions == 2)
  }

  @Test func `what waits is no older than its segment, nor than the last look that found nothing`()
  {
    var segments = SpoolSegments(left([1, 1]))
    #expect(segments.waitingSince(caughtUpMilliseconds: 0) == 10)
    segments.settled(1)
    #expect(segments.waitingSince(caughtUpMilliseconds: 0) == 20)
    #expect(segments.waitingSince(caughtUpMilliseconds: 25) == 25)
    _ = segments.takeFinished()
    segments.settled(1)
    #expect(segments.waitingSince(caughtUpMilliseconds: 25) == nil)
  }
}
