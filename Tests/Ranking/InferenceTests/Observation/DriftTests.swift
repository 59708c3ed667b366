import TestSupport
import Testing

@testable import Inference

@Suite struct DriftTests {
  private static let card = """
    {"snapshot": {
      "scores": {"null_rate": 0, "edges": [0], "shares": [0.5, 0.5]},
      "features": [
        {"name": "distance", "null_rate": 0.25, "least": 0, "greatest": 9,
         "edges": [1, 2, 3], "shares": [0.25, 0.25, 0.25, 0.25]},
        {"name": "cuisine"},
        {"name": "price=level"}]}}
    """

  private func version() throws -> LoadedVersion {
    LoadedVersion(
      name: "m", version: "1", card: try ModelCard(parsing: Array(Self.card.utf8)),
      heads: [.init(model: try SampleModel.load(SampleModel.mixed))])
  }

  private func distribution() throws -> Distribution {
    try #require(try version().card.snapshot?.features[0].distribution)
  }

  private func batch(_ version: LoadedVersion, _ distances: [Float], score: Double) -> ScoredBatch {
    ScoredBatch(
      version: version, shadow: nil, isForDrift: true, matrix: distances.flatMap { [$0, 0, 0] },
      columns: 3, scores: distances.map { _ in score })
  }

  @Test func `a value on an edge belongs below it`() throws {
    let distribution = try distribution()
    #expect([-5, 1, 1.5, 2, 3, 3.5, .infinity].map(distribution.bin) == [0, 0, 1, 1, 2, 3, 3])
  }

  @Test func `live values like those of training have an index near 0`() throws {
    var live = LiveDistribution(try distribution())
    for value in [0.5, 1.5, 2.5, 3.5, 0.7, 1.7, 2.7, 3.7] { live.add(value) }
    #expect(live.stabilityIndex == 0)
    #expect(live.nullRateChange == -0.25)
    #expect(live.outOfRangeShare == 0)
  }

  @Test func `the index is the sum of the textbook`() throws {
    var live = LiveDistribution(try distribution())
    for value in [0.5, 0.5, 1.5, 2.5] { live.add(value) }
    // (.5 − .25) ln 2 + 0 + 0 + (.0001 − .25) ln(.0001 / .25)
    #expect(abs((live.stabilityIndex ?? 0) - (0.173287 + 1.955228)) < 1e-4)
  }

  @Test func `missing values and those beyond the range are counted apart`() throws {
    var live = LiveDistribution(try distribution())
    for value in [Double.nan, .nan, -1, 10, 5] { live.add(value) }
    #expect(abs(live.nullRateChange - 0.15) < 1e-12)
    #expect(abs(live.outOfRangeShare - 2.0 / 3) < 1e-12)
    var none = LiveDistribution(try distribution())
    #expect(none.stabilityIndex == nil)
    none.add(.nan)
    #expect(none.stabilityIndex == nil && none.outOfRangeShare == 0)
  }

  @Test func `a window reports when it is full, and begins anew`() throws {
    let version = try version()
    var window = try #require(DriftWindow(version, rowsMax: 16))
    // Eight rows of each batch, however many it has.
    let half = window.add(batch(version, Array(repeating: 0.5, count: 200), score: 1))
    #expect(half == nil)
    #expect(window.rows == 8)
    let full = window.add(batch(version, Array(repeating: 0.5, count: 8), score: 1))
    let report = try #require(full)
    #expect(report.features.map(\.name) == ["distance", "cuisine", "price=level"])
    #expect((report.features[0].stabilityIndex ?? 0) > 1)
    #expect(report.features[1].stabilityIndex == nil)
    #expect((report.scoreStabilityIndex ?? 0) > 1)
    #expect(window.rows == 0)
    let calm: [Float] = [0.5, 1.5, 2.5, 3.5, 0.5, 1.5, 2.5, 3.5]
    _ = window.add(batch(version, calm, score: -1))
    let second = window.add(batch(version, calm, score: 1))
    #expect(second?.features[0].stabilityIndex == 0)
    #expect(second?.scoreStabilityIndex == 0)
  }

  @Test func `rows of other columns, and versions without a snapshot, are passed over`() throws {
    let version = try version()
    var window = try #require(DriftWindow(version, rowsMax: 1))
    let odd = ScoredBatch(
      version: version, shadow: nil, isForDrift: true, matrix: [1, 2], columns: 2, scores: [1])
    let passed = window.add(odd)
    #expect(passed == nil)
    #expect(window.rows == 0)
    #expect(DriftWindow(try SampleVersion.load("m", "1"), rowsMax: 1) == nil)
  }
}
