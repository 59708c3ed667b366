import Telemetry
import Testing

@Suite struct LatencyRecorderTests {
  @Test func `nothing recorded is all zero`() {
    let recorder = LatencyRecorder()
    #expect(recorder.count == 0)
    #expect(recorder.quantile(0.5) == 0)
    #expect(recorder.maxNanoseconds == 0)
    #expect(recorder.meanNanoseconds == 0)
    #expect(recorder.buckets.isEmpty)
  }

  @Test func `quantiles count up to the value that reaches them`() {
    var recorder = LatencyRecorder()
    for value: Int64 in 1...100 { recorder.record(nanoseconds: value) }
    #expect(recorder.quantile(0) == 1)
    #expect(recorder.quantile(0.01) == 1)
    #expect(recorder.quantile(0.5) == 50)
    #expect(recorder.quantile(0.501) == 51)
    #expect(recorder.quantile(0.9) == 90)
    #expect(recorder.quantile(0.99) == 99)
    #expect(recorder.quantile(1) == 100)
    #expect(recorder.meanNanoseconds == 50.5)
  }

  @Test(arguments: [
    0, 1, 127, 128, 255, 256, 257, 1_000_003, 1_000_000_007, Int64.max - 1, Int64.max,
  ])
  func `a single value is reported within one percent, and never too low`(value: Int64) {
    var recorder = LatencyRecorder()
    recorder.record(nanoseconds: value)
    #expect(recorder.quantile(0.5) == value)
    #expect(recorder.minNanoseconds == value)
    #expect(recorder.maxNanoseconds == value)
    let upperEnd = recorder.buckets[0].upperEndNanoseconds
    #expect(upperEnd >= value)
    #expect(Double(upperEnd) <= Double(value) * 1.008)
  }

  @Test func `what is negative counts as zero`() {
    var recorder = LatencyRecorder()
    recorder.record(nanoseconds: .min)
    #expect(recorder.quantile(1) == 0)
    #expect(recorder.count == 1)
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `quantiles agree with the sorted values, merged or not`(seed: UInt64) {
    var state = seed
    var parts = [LatencyRecorder(), LatencyRecorder(), LatencyRecorder()]
    var values: [Int64] = []
    for step in 0..<3000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Any number of leading zeros is as likely as any other, as latencies span decades.
      let value = Int64(state >> 20) >> Int64(state >> 58 % 44)
      values.append(value)
      parts[step % 2].record(nanoseconds: value)
    }
    values.sort()
    var merged = LatencyRecorder()
    for part in parts { merged.merge(part) }
    #expect(merged.count == 3000)
    #expect(merged.minNanoseconds == values.first)
    #expect(merged.maxNanoseconds == values.last)
    for (q, rank) in [(0.1, 300), (0.5, 1500), (0.9, 2700), (0.99, 2970), (0.999, 2997), (1, 3000)]
    {
      let exact = values[rank - 1]
      let reported = merged.quantile(q)
      #expect(reported >= exact, "seed \(seed), q \(q)")
      #expect(Double(reported) <= Double(exact) * 1.008 + 1, "seed \(seed), q \(q)")
    }
    let buckets = merged.buckets
    #expect(buckets.map(\.count).reduce(0, +) == 3000)
    #expect(
      zip(buckets, buckets.dropFirst()).allSatisfy {
        $0.upperEndNanoseconds < $1.upperEndNanoseconds
      })
  }
}
