import Testing

@testable import Commands

struct TimePatternTests {
  @Test(arguments: [
    ("%d.%m.%Y %H:%M", "03.04.2012 18:04", 1_333_476_240_000),
    ("%d.%m.%Y %H:%M", "3.4.2012   18:04", 1_333_476_240_000),
    ("%m/%d/%y %I:%M %p", "04/03/12 6:04 pm", 1_333_476_240_000),
    ("%m/%d/%y %I:%M %p", "04/03/12 12:04 AM", 1_333_411_440_000),
    ("%b %d, %Y", "April 3, 2012", 1_333_411_200_000),
    ("%Y%m%d%H%M%S", "20120403180405", 1_333_476_245_000),
    ("%Y-%m-%d %H:%M:%S.%f", "2012-04-03 18:04:05.25", 1_333_476_245_250),
    ("%d.%m.%y", "29.02.00", 951_782_400_000),
    ("%d.%m.%y", "03.04.99", 923_097_600_000),
    ("%d %% %m %Y", "3 % 4 2012", 1_333_411_200_000),
  ])
  func `a time is read as it is written`(pattern: String, text: String, milliseconds: Int64) throws
  {
    let reading = try TimePattern(pattern).read(text)
    #expect(
      reading == TimePattern.Reading(shownMilliseconds: milliseconds, offsetMilliseconds: nil))
  }

  @Test func `an offset is read beside what the clock shows`() throws {
    // As the check-ins of Foursquare were published.
    let pattern = try TimePattern("%a %b %d %H:%M:%S %z %Y")
    #expect(pattern.hasOffset)
    #expect(
      pattern.read("Tue Apr 03 18:04:00 +0000 2012")
        == TimePattern.Reading(shownMilliseconds: 1_333_476_240_000, offsetMilliseconds: 0))
    #expect(
      pattern.read("Tue Apr 03 18:04:00 -0530 2012")?.offsetMilliseconds == -19_800_000)
  }

  @Test(arguments: [
    "", "31.02.2012 10:00", "03.13.2012 10:00", "0.4.2012 10:00", "03.04.12 10:00",
    "03.04.2012", "03.04.2012 24:00", "03.04.2012 10:60", "03.04.2012 10:00x", "03-04-2012 10:00",
    " 03.04.2012 10:00", "03.04.2012 1０:00",
  ])
  func `what is written otherwise is no time`(text: String) throws {
    #expect(try TimePattern("%d.%m.%Y %H:%M").read(text) == nil)
  }

  @Test(arguments: [
    ("%d.%m.%Y %T", "%T is none of"), ("%H:%M", "lacks the year"), ("%d.%Y", "lacks the year"),
    ("%d.%m.%Y %", "ends in a single %"), ("%d.%m.%Y %I:%M", "%I and %p go together"),
    ("%d。%m。%Y", "more than ASCII"), ("", "lacks the year"),
  ])
  func `a pattern that cannot be used is refused`(pattern: String, told: String) {
    let error = #expect(throws: TimePattern.Invalid.self) { try TimePattern(pattern) }
    #expect(error?.description.contains(told) == true, "\(String(describing: error))")
  }

  @Test(arguments: ["Ma 3 2012", "Foo 3 2012", "Marchy 3 2012"])
  func `a month needs three letters of its name`(text: String) throws {
    #expect(try TimePattern("%b %d %Y").read(text) == nil)
  }
}
