import RPC
import Telemetry
import TestSupport
import Testing

@testable import Inference

@Suite struct BatchObserverTests {
  private let metrics = MetricsRegistry()

  private func value(_ series: String) -> Double? {
    metrics.renderPrometheus().split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .flatMap { Double($0.dropFirst(series.count + 1)) }
  }

  private func batch(
    _ scores: [Double], by version: LoadedVersion, shadow: LoadedVersion? = nil
  ) -> ScoredBatch {
    ScoredBatch(
      version: version, shadow: shadow, isForDrift: false, matrix: scores.map { Float($0) },
      columns: 1, scores: scores)
  }

  private static let falling = SampleModel.stump(decision: 8, threshold: "0.5")
    .replacing("leaf_value=-1 1", with: "leaf_value=1 -1")

  @Test func `a shadow's ranking, scores and time are told`() throws {
    let observer = BatchObserver(metrics, driftRows: 10)
    let serving = try SampleVersion.constant("m", "1", 0)
    let shadow = try SampleVersion.load("m", "2", text: Self.falling)
    observer.observe(batch([0, 1], by: serving, shadow: shadow))
    #expect(value(#"brigade_inference_shadow_rank_correlation{model="m"}"#) == -1)
    #expect(value(#"brigade_inference_shadow_score{model="m",quantile="0.1"}"#) == -1)
    #expect(value(#"brigade_inference_shadow_score{model="m",quantile="0.9"}"#) == 1)
    #expect(value(#"brigade_inference_score{model="m",quantile="0.9"}"#) == 1)
    #expect(value("brigade_inference_shadow_batches_total") == 1)
    #expect(value("brigade_inference_shadow_duration_seconds_count") == 1)
  }

  @Test func `a shadow that cannot score the rows is counted`() throws {
    let observer = BatchObserver(metrics, driftRows: 10)
    let serving = try SampleVersion.constant("m", "1", 0)
    observer.observe(
      batch([0, 1], by: serving, shadow: try SampleVersion.load("m", "2")))
    #expect(value("brigade_inference_shadow_failures_total") == 1)
    #expect(value("brigade_inference_shadow_batches_total") == 0)
  }

  @Test func `another version begins anew, and quantiles are worked out now and then`() throws {
    let observer = BatchObserver(metrics, driftRows: 10)
    let series = #"brigade_inference_score{model="m",quantile="0.5"}"#
    let start = Instant.now()
    observer.observe(batch([1, 1, 1], by: try SampleVersion.constant("m", "1", 0)), now: start)
    #expect(value(series) == 1)
    let newer = try SampleVersion.constant("m", "2", 0)
    // A few requests that name another version change nothing.
    for request in 1...7 {
      observer.observe(batch([5], by: newer), now: start.adding(milliseconds: 1_000))
      #expect(value(series) == 1, "request \(request)")
    }
    observer.observe(batch([5], by: newer), now: start.adding(milliseconds: 1_010))
    #expect(value(series) == 5)
    observer.observe(batch([7, 7], by: newer), now: start.adding(milliseconds: 1_020))
    #expect(value(series) == 5)
    observer.observe(batch([7, 7], by: newer), now: start.adding(milliseconds: 2_010))
    #expect(value(series) == 7)
  }

  @Test func `a card that is replaced is what drift is measured against from then on`() throws {
    let observer = BatchObserver(metrics, driftRows: 1)
    func observe(_ card: String) throws {
      let version = LoadedVersion(
        name: "m", version: "1", card: try ModelCard(parsing: Array(card.utf8)),
        heads: [.init(model: try SampleModel.load(Self.falling))])
      observer.observe(
        ScoredBatch(
          version: version, shadow: nil, isForDrift: true, matrix: [5], columns: 1, scores: [1]))
    }
    let series = #"brigade_inference_feature_out_of_range_ratio{model="m",feature="c0"}"#
    func card(greatest: Int) -> String {
      #"{"snapshot": {"features": [{"name": "c0", "least": 0, "greatest": \#(greatest)}]}}"#
    }
    try observe("{}")
    #expect(value(series) == nil)
    for _ in 1...8 { try observe(card(greatest: 9)) }
    #expect(value(series) == 0)
    for _ in 1...8 { try observe(card(greatest: 4)) }
    #expect(value(series) == 1)
  }

  @Test func `what waits is bounded, and what is dropped is counted`() async throws {
    let thread = try EventLoop(name: "observer")
    let dropped = metrics.counter("brigade_inference_samples_dropped_total", "dropped")
    let seen = Guarded<[Double]>([])
    let queue = BatchQueue(limit: 2, thread: thread, dropped: dropped) { batch in
      seen.withLock { $0 += batch.scores }
    }
    let version = try SampleVersion.constant("m", "1", 0)
    // The thread does not run yet.
    for score in 1...5 { queue.offer(batch([Double(score)], by: version)) }
    #expect(dropped.value == 3)
    thread.start()
    await withUnsafeContinuation { continuation in thread.post { continuation.resume() } }
    #expect(seen.withLock { $0 } == [1, 2])
    queue.offer(batch([6], by: version))
    await withUnsafeContinuation { continuation in thread.post { continuation.resume() } }
    #expect(seen.withLock { $0 } == [1, 2, 6])
    #expect(dropped.value == 3)
    thread.stop()
    thread.join()
  }

  @Test func `gauges are made as they are set, up to a limit`() {
    let gauges = LabelledGauges(metrics, "brigade_test_drift", "of a test")
    for number in 0..<(LabelledGauges.seriesMax + 10) {
      gauges.set(1, ["model": "m", "feature": "f\(number)"])
    }
    gauges.set(2, ["model": "m", "feature": "f0"])
    let lines = metrics.renderPrometheus().split(separator: "\n").filter {
      $0.hasPrefix("brigade_test_drift{")
    }
    #expect(lines.count == LabelledGauges.seriesMax)
    #expect(value(#"brigade_test_drift{model="m",feature="f0"}"#) == 2)
  }

  @Test func `a loop's share of processor time is a ratio`() async throws {
    #expect(LoopUtilization.share(busyNanoseconds: 250, ofNanoseconds: 1_000) == 0.25)
    #expect(LoopUtilization.share(busyNanoseconds: 1_100, ofNanoseconds: 1_000) == 1)
    #expect(LoopUtilization.share(busyNanoseconds: 5, ofNanoseconds: 0) == 0)
    #expect(LoopUtilization().ratio == 0)
  }
}
