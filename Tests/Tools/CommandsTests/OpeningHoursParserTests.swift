import Definitions
import Messages
import Testing

@testable import Commands

struct OpeningHoursParserTests {
  private func spans(_ text: String) throws -> [String] {
    try OpeningHoursParser.parse(text).map { interval in
      let day = interval.fromMinute / 1440
      return "\(day) \(interval.fromMinute % 1440)-\(interval.toMinute - day * 1440)"
    }
  }

  @Test func `days, ranges, lists and several spans`() throws {
    #expect(
      try spans("Mo-We 11:00-14:00,17:00-22:00; Sa,Su 12:00-24:00") == [
        "0 660-840", "0 1020-1320", "1 660-840", "1 1020-1320", "2 660-840", "2 1020-1320",
        "5 720-1440", "6 720-1440",
      ])
    #expect(try spans("Mo, We 08:00-09:00, 10:00-11:00").count == 4)
  }

  @Test func `without days a rule is for all of them, and a range may wrap`() throws {
    #expect(try spans("08:00-16:00").count == 7)
    #expect(try spans("Sa-Mo 08:00-09:00") == ["0 480-540", "5 480-540", "6 480-540"])
  }

  @Test func `closing after midnight runs into the next day`() throws {
    #expect(try spans("Fr 17:00-02:00") == ["4 1020-1560"])
    #expect(try spans("Fr 17:00-26:00") == ["4 1020-1560"])
    #expect(try spans("Su 00:00-00:00") == ["6 0-1440"])
  }

  @Test func `a later rule replaces what was said of its days`() throws {
    #expect(try spans("Mo-Tu 10:00-12:00; Tu off") == ["0 600-720"])
    #expect(try spans("Mo 10:00-12:00; Mo 13:00-14:00;") == ["0 780-840"])
  }

  @Test func `always open is the whole week`() throws {
    let hours = OpeningHours(try OpeningHoursParser.parse("24/7"))
    #expect(hours.alwaysOpen)
  }

  @Test(arguments: [
    "", "off", "Mo", "Mo-Fr", "Mo-Fr 11-22", "11:00", "11:00-25", "25:00-26:00", "11:60-12:00",
    "Mo-Tu-We 10:00-11:00", "PH off", "Mo-Fr 11:00-22:00, Xx", "sunrise-sunset", "10:00+",
    "Mo 10:00-48:01", "mo 10:00-12:00", "Mo 10:00-12:00,", ",Mo 10:00-12:00",
  ])
  func `what is not understood is refused`(text: String) {
    #expect(throws: RowProblem.self) { try OpeningHoursParser.parse(text) }
  }

  @Test(arguments: ["Mo-Su 11:00-22:00", "Mo-Su 18:00-04:00", "24/7", "Fr 00:00-48:00"])
  func `what is read can be written`(text: String) throws {
    for interval in try OpeningHoursParser.parse(text) {
      #expect(OpeningHours.problem(in: interval) == nil)
    }
  }
}
