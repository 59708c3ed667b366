import Testing

@testable import Commands

struct TimeSplitTests {
  @Test func `eight tenths are to learn from, one to tune by, and the rest to judge by`() {
    let split = TimeSplit(visits: 100)
    #expect(split.learnEnd == 80)
    #expect(split.tuneEnd == 90)
    #expect(split.part(ofVisit: 79) == .learn)
    #expect(split.part(ofVisit: 80) == .tune)
    #expect(split.part(ofVisit: 89) == .tune)
    #expect(split.part(ofVisit: 90) == .test)
  }

  @Test(arguments: [0, 1, 7, 99, 101, 23_905])
  func `whatever the count, each visit is in one part and the parts follow each other`(
    _ visits: Int
  ) {
    let split = TimeSplit(visits: visits)
    #expect(split.learnEnd == visits * 80 / 100)
    #expect(split.tuneEnd == visits * 90 / 100)
    #expect(0 <= split.learnEnd && split.learnEnd <= split.tuneEnd && split.tuneEnd <= visits)
  }

  @Test func `the largest count does not overflow`() {
    #expect(TimeSplit(visits: .max).learnEnd < TimeSplit(visits: .max).tuneEnd)
  }

  @Test func `shares out of range are cut, and tuning never ends before learning`() {
    let split = TimeSplit(visits: 10, learnUntilPercent: 150, tuneUntilPercent: -5)
    #expect(split.learnEnd == 10)
    #expect(split.tuneEnd == 10)
  }

  @Test func `what lies between two visits goes with the earlier one`() {
    var cursor = SplitCursor(TimeSplit(visits: 10))
    var parts: [TimeSplit.Part] = [cursor.next(isVisit: false)]
    for _ in 0..<10 {
      parts.append(cursor.next(isVisit: true))
      parts.append(cursor.next(isVisit: false))
    }
    #expect(parts.prefix(17) == Array(repeating: .learn, count: 17)[...])
    #expect(parts[17...18] == [.tune, .tune])
    #expect(parts[19...20] == [.test, .test])
    #expect(cursor.visits == 10)
  }
}
