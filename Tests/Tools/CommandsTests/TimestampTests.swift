import Testing

@testable import Commands

struct TimestampTests {
  @Test(arguments: [
    ("2012-04-03T18:04Z", 1_333_476_240_000),
    ("2012-04-03 18:04:05Z", 1_333_476_245_000),
    ("2012-04-03T18:04:05.25Z", 1_333_476_245_250),
    ("2012-04-03T18:04:05.1239Z", 1_333_476_245_123),
    ("2012-04-03T20:04+02:00", 1_333_476_240_000),
    ("2012-04-03T12:34-0530", 1_333_476_240_000),
    ("2012-04-04T04:04+10", 1_333_476_240_000),
    ("2012-02-29", 1_330_473_600_000),
    ("2000-02-29T00:00Z", 951_782_400_000),
    ("2016-12-31T23:59:60Z", 1_483_228_799_000),
  ])
  func `ISO 8601 is read`(text: String, milliseconds: Int64) throws {
    #expect(try Timestamp.parse(text, unit: .iso8601) == milliseconds)
  }

  @Test(arguments: [
    "", "2012", "2012-13-01", "2012-02-30", "2011-02-29", "1900-02-29", "2012-04-03T", "12-04-03",
    "2012-04-03T24:00Z", "2012-04-03T18:60Z", "2012-04-03T18:04", "2012-04-03T18:04:05.Z",
    "2012-04-03T18:04Zx", "2012-04-03T18:04+2", "2012-04-03T18:04+02:", "2012-04-03T18:04+15:00",
    "tomorrow", "2012-04-03T18:0４Z",
  ])
  func `what is no time with an offset is refused`(text: String) {
    #expect(throws: RowProblem.self) { try Timestamp.parse(text, unit: .iso8601) }
  }

  @Test func `a time without an offset is UTC only where the mapping says so`() throws {
    #expect(
      try Timestamp.parse("2012-04-03 18:04:00", unit: .iso8601UTC) == 1_333_476_240_000)
    #expect(
      try Timestamp.parse("2012-04-03T20:04+02:00", unit: .iso8601UTC) == 1_333_476_240_000)
  }

  @Test func `Unix times are read in their unit`() throws {
    #expect(try Timestamp.parse("1333476240", unit: .seconds) == 1_333_476_240_000)
    #expect(try Timestamp.parse("1333476240.5", unit: .seconds) == 1_333_476_240_500)
    #expect(try Timestamp.parse("1333476240123", unit: .milliseconds) == 1_333_476_240_123)
  }

  @Test(arguments: [
    ("1333476240", TimeUnit.milliseconds), ("1333476240123", .seconds), ("1e300", .seconds),
    ("nan", .seconds), ("inf", .milliseconds), ("-5", .seconds), ("1889-01-01", .iso8601),
  ])
  func `a time in another unit than declared is no sane time`(text: String, unit: TimeUnit) {
    #expect(throws: RowProblem.self) { try Timestamp.parse(text, unit: unit) }
  }
}
