import JSON
import Node
import Telemetry
import TestSupport
import Testing

@testable import Commands

@Suite struct TraceAnalysisTests {
  /// 99 quick requests by chance, one of which stands for ten, and ten slow ones.
  private var traces: [Trace] {
    let quick = (0..<99).map { number in
      SampleTrace.trace(
        3_000,
        [
          ("Retrieval/Search", "retrieval-1", 0, 1_000, 0, 600),
          ("Inference/Score", "inference-1", 1_000, 3_000, 0, 1_500),
        ], weight: 10, start: number)
    }
    return quick + (0..<10).map { _ in SampleTrace.slow }
  }

  @Test func `traces stand for requests by their weights`() throws {
    let analysis = try #require(TraceAnalysis(traces))
    #expect(analysis.traces == 109 && analysis.requests == 1_000)
    #expect(analysis.p50Microseconds == 3_000)
    // Ten of a thousand are slow: the 990th is quick.
    #expect(analysis.p99Microseconds == 3_000)
    let more = try #require(TraceAnalysis(traces + [SampleTrace.slow]))
    #expect(more.p99Microseconds == 90_000)
  }

  @Test func `the hop that makes the p99 comes first, with the replica and what it did`() throws {
    let analysis = try #require(TraceAnalysis(traces + [SampleTrace.slow]))
    let first = try #require(analysis.hops.first)
    #expect(first.name == "Inference/Score" && first.replica == "inference-2")
    #expect(first.part == .handler && first.replicaShare == 1)
    #expect((0.97...0.98).contains(first.slowShare))
    #expect(first.slowMicroseconds == 88_000)
    // Mostly it is quick.
    #expect((2_000...3_000).contains(first.meanMicroseconds))
    #expect(Set(analysis.hops.map(\.name)) == ["Inference/Score", "Retrieval/Search", "gateway"])
  }

  @Test func `the p99 is told for hops that are faster`() throws {
    let analysis = try #require(TraceAnalysis(traces + [SampleTrace.slow]))
    #expect(analysis.hops[0].fasterMicroseconds == [81_200, 68_000, 46_000])
    let retrieval = try #require(analysis.hops.first { $0.name == "Retrieval/Search" })
    #expect(retrieval.fasterMicroseconds == [89_900, 89_750, 89_500])
  }

  @Test func `no traces are no analysis`() {
    #expect(TraceAnalysis([]) == nil)
  }

  @Test func `only the time is looked at in which no class had given traces away`() {
    func trace(_ start: Int64, _ reasons: TraceReasons) -> Trace {
      SampleTrace.trace(1, [], reasons: reasons, start: start)
    }
    let traces = (1...10).map { trace($0, .sampled) } + [trace(8, .slow), trace(9, .slow)]
    // Slow ones are full: what was slow before the eighth is not known.
    #expect(traces.ofWholeTime(capacity: 2, limit: 100).count == 5)
    #expect(traces.ofWholeTime(capacity: 3, limit: 100).count == 12)
    #expect(traces.ofWholeTime(capacity: 100, limit: 100).count == 12)
    #expect(traces.ofWholeTime(capacity: 100, limit: 12).count == 12)
  }

  @Test func `the report tells people and programs the same`() throws {
    let report = TraceAnalysisReport(
      try #require(TraceAnalysis(traces + [SampleTrace.slow])),
      sinceUnixMilliseconds: 1_750_000_000_000)
    #expect(
      report.text.hasPrefix(
        """
        1001 requests since 2025-06-15T15:06:40.000Z, seen through 110 traces
        p50 3.00 ms · p99 90.00 ms · from 110 traces, rough

        """))
    let many = TraceAnalysisReport(
      try #require(TraceAnalysis(traces + traces)), sinceUnixMilliseconds: 0)
    #expect(!many.text.contains(", rough") && !many.json.contains("\"isRough\": true"))
    #expect(
      report.text.contains(
        "Inference/Score makes the p99: 98 % of the time of requests at or above it, "
          + "100 % of that in inference-2, mostly handler\n"
          + "Inference/Score 50 % faster would make it 46.00 ms"))
    let json = try JSONValue(parsing: Array(report.json.utf8))
    #expect(json["hops"]?.array?.first?["p99UsIfFaster"]?.array?.last?["p99Us"]?.double == 46_000)
    #expect(json["requests"]?.double == 1_001)
  }
}

@Suite struct TraceAgeTests {
  @Test(arguments: [("90s", 90), ("5m", 300), ("120s", 120), ("2h", 7_200)])
  func `a time is a number with its unit`(text: String, seconds: Int) throws {
    let age = try TraceAge(text)
    #expect(age.seconds == seconds && age.query == "&seconds=\(seconds)")
    #expect(try TraceAge(age.description) == age)
  }

  @Test func `all is no limit`() throws {
    #expect(try TraceAge("all") == .all && TraceAge.all.query.isEmpty && TraceAge.all.words.isEmpty)
    #expect(TraceAge.usual.words == " of the last 5m")
  }

  @Test(arguments: ["", "5", "m", "0m", "-5m", "5d", "99999999999999h", "5 m"])
  func `anything else is refused`(text: String) {
    #expect(throws: SettingProblem.self) { try TraceAge(text) }
  }
}

@Suite struct WeightedQuantileTests {
  @Test(arguments: [UInt64(1), 2, 3])
  func `a weight is as good as so many equal values`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var weighted: [(value: Double, weight: Double)] = []
    var plain: [Double] = []
    for _ in 0..<50 {
      let (value, count) = (
        Double.random(in: 0...9, using: &random), Int.random(in: 1...5, using: &random)
      )
      weighted.append((value, Double(count)))
      plain += Array(repeating: value, count: count)
    }
    plain.sort()
    for q in [0.01, 0.5, 0.9, 0.99, 1] {
      let expected = plain[max(0, Int((q * Double(plain.count) - 1e-6).rounded(.up)) - 1)]
      #expect(WeightedQuantile(weighted).value(q) == expected, "seed \(seed), \(q)")
    }
  }

  @Test func `nothing has no quantile`() {
    #expect(WeightedQuantile([]).value(0.5) == nil)
  }

  @Test func `appends and what was refused at the door are no rankings`() {
    var refused = SampleTrace.trace(40, [], reasons: .failed)
    refused.root.fail("UNAVAILABLE: too many requests wait")
    var append = SampleTrace.slow
    append.root.name = "brigade.v1.Events/Append"
    // Without candidates there is nothing to ask for; that is an answer.
    let empty = SampleTrace.trace(50, [])
    #expect([refused, append, empty, SampleTrace.slow].rankings == [empty, SampleTrace.slow])
  }
}
