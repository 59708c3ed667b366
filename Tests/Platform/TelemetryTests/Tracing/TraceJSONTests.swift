import JSON
import Telemetry
import TestSupport
import Testing

@Suite struct TraceJSONTests {
  private var trace: Trace {
    var trace = SmallTrace.trace(
      100, [("a/b", 10, 90)], reasons: [.slow, .asked], weight: 100,
      start: 1_750_000_000_123_456_789, requestID: "r \"1\"")
    trace.state = "vendor=1"
    trace.flags = 1
    var span = SmallTrace.span(0xabc, of: 2, "a/b", 20, 80, .server)
    span.add("text", "x")
    span.add("count", 7)
    span.add("share", .number(0.5))
    span.add("flag", .flag(true))
    span.fail("broken")
    span.isLost = true
    trace.append(span)
    return trace
  }

  private func written(_ trace: Trace) -> [UInt8] {
    var json = JSONWriter()
    trace.write(to: &json)
    return json.bytes
  }

  @Test func `what is written is read back whole`() throws {
    let json = try JSONValue(parsing: written(trace))
    #expect(Trace(json) == trace)
    #expect(json["traceId"]?.string == "00000000000000010000000000000002")
    #expect(json["classes"]?.array?.compactMap(\.string) == ["asked", "slow"])
    #expect(json["startTime"]?.string == "2025-06-15T15:06:40.123Z")
    #expect(json["durationUs"]?.int64 == 100)
    let server = try #require(json["spans"]?.array?.last)
    #expect(server["spanId"]?.string == "0000000000000abc")
    #expect(server["attributes"]?["count"]?.int64 == 7 && server["lost"]?.bool == true)
    // In the order of time, without gaps: the request, the hop, its server, the hop, the request.
    let path = try #require(json["criticalPath"]?.array)
    #expect(path.map { $0["span"]?.int64 } == [0, 1, 2, 0])
    #expect(path.map { $0["startUs"]?.int64 } == [0, 10, 20, 80])
    #expect(path.map { $0["endUs"]?.int64 } == [10, 20, 80, 100])
    // Of the hop's eighty, the server's sixty.
    #expect(json["spans"]?.array?.compactMap { $0["criticalUs"]?.int64 } == [20, 20, 60])
  }

  @Test func `a trace with any needed member missing is none`() throws {
    let whole = try JSONValue(parsing: written(trace))
    let members = try #require(whole.object)
    for member in members
    where ["traceId", "spans", "startUnixNanoseconds", "weight"].contains(member.name) {
      #expect(Trace(JSONValue(.object(members.filter { $0.name != member.name }))) == nil)
    }
    #expect(Trace(JSONValue(.null)) == nil)
    #expect(Trace(JSONValue(.object(members + []))) != nil)
  }

  @Test func `changed bytes are a trace or none, never a trap`() {
    let bytes = written(trace)
    var read = 0
    for seed in UInt64(1)...2_000 {
      var random = SeededGenerator(seed: seed)
      var changed = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        changed[Int.random(in: 0..<changed.count, using: &random)] = .random(
          in: 0x20...0x7E, using: &random)
      }
      if let json = try? JSONValue(parsing: changed), let trace = Trace(json) {
        read += 1
        _ = CriticalPath(trace)
        _ = TraceReplay(trace)
      }
    }
    #expect(read > 100)
  }
}
