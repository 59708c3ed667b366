import JSON
import Synchronization
import Telemetry
import Testing

@Suite struct LogTests {
  let lines = RecordedLines()

  private func log(level: LogLevel = .info, format: LogFormat = .logfmt) -> Log {
    let lines = lines
    return Log(
      level: level, format: format, nowMilliseconds: { 1_334_342_700_007 }, sink: { lines.take($0) }
    )
  }

  @Test func `a line has time, level, message and fields in their order`() {
    log().info("listening", ["address": "127.0.0.1:7000", "loops": 2, "spool": true])
    #expect(
      lines.all == [
        "time=2012-04-13T18:45:00.007Z level=info msg=\"listening\" address=127.0.0.1:7000 loops=2"
          + " spool=true\n"
      ])
  }

  @Test func `values that would break a line apart are quoted`() {
    log().warn(
      "say \"hi\"",
      ["a": "two words", "b": "", "c": "x=y", "d": "line\nbreak", "e": "\"", "f": "é", "g": "\\"])
    #expect(
      lines.all == [
        #"time=2012-04-13T18:45:00.007Z level=warn msg="say \"hi\"" a="two words" b="" c="x=y" "#
          + #"d="line\nbreak" e="\"" f=é g="\\""# + "\n"
      ])
  }

  @Test func `the JSON form keeps numbers and booleans`() throws {
    log(format: .json).error(
      "bad \u{1}", ["n": -5, "x": 0.5, "on": false, "s": "5", "nan": Double.nan, "u": UInt64.max])
    let line = try #require(lines.all.first)
    #expect(
      line == #"{"time":"2012-04-13T18:45:00.007Z","level":"error","msg":"bad \u0001","n":-5,"#
        + #""x":0.5,"on":false,"s":"5","nan":"nan","u":18446744073709551615}"# + "\n")
    _ = try JSONValue(parsing: line)
  }

  @Test func `lines below the level are not written and their fields not computed`() {
    var computed = 0
    func field() -> Int {
      computed += 1
      return computed
    }
    let log = log(level: .warn)
    log.debug("a", ["n": field()])
    log.info("b", ["n": field()])
    log.warn("c", ["n": field()])
    log.error("d")
    #expect(computed == 1)
    #expect(lines.all.count == 2)
    #expect(lines.all.first?.contains("level=warn msg=\"c\" n=1") == true)
  }

  @Test func `a derived log adds its fields to every line`() {
    let derived = log().with(["service": "gateway"]).with(["loop": 1])
    derived.info("a", ["x": 1])
    #expect(lines.all.first?.hasSuffix("msg=\"a\" service=gateway loop=1 x=1\n") == true)
  }

  @Test func `the next line that fits tells how many were dropped`() {
    let log = log()
    lines.accepts.store(false, ordering: .relaxed)
    for _ in 0..<3 { log.info("lost") }
    lines.accepts.store(true, ordering: .relaxed)
    log.info("kept")
    log.info("whole")
    #expect(lines.all.count == 2)
    #expect(lines.all.first?.hasSuffix("msg=\"kept\" dropped_lines_before=3\n") == true)
    #expect(lines.all.last?.hasSuffix("msg=\"whole\"\n") == true)
  }

  @Test func `long values are cut between scalars`() throws {
    log().info("m", ["v": "a" + String(repeating: "é", count: 5000)])
    let line = try #require(lines.all.first)
    #expect(line.hasSuffix(" v=a" + String(repeating: "é", count: 511) + "…\n"))
  }

  @Test func `a name that is no name cannot forge a field`() {
    log().info("m", ["a=1 level": "x", "": 2])
    #expect(lines.all.first?.hasSuffix("msg=\"m\" invalid_name=x invalid_name=2\n") == true)
  }
}
