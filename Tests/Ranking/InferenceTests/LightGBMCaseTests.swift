internal import Inference
internal import Testing

@Suite(.enabled(if: !SharedCases.names.isEmpty, Comment(rawValue: SharedCases.absence)))
struct LightGBMCaseTests {
  @Test func `the cases that matter are there`() {
    let needed: Set = [
      "binary_nan", "lambdarank_mixed", "categorical_unseen", "multiclass", "poisson",
      "single_leaf", "random_forest", "zero_as_missing", "linear_tree", "huge_inf", "big_1000x255",
    ]
    #expect(needed.subtracting(SharedCases.names).isEmpty)
  }

  @Test(arguments: SharedCases.names)
  func `scores agree with LightGBM's own`(name: String) throws {
    let model = try SharedCases.model(name)
    let rows = try SharedCases.matrix(name, columns: model.columnCount)
    let raw = try #require(try SharedCases.numbers(name, "expected_raw.csv"))
    let transformed = try #require(try SharedCases.numbers(name, "expected.csv"))
    #expect(raw.count == rows.count * model.headCount && rows.count > 0)

    let rawFailures = zip(try model.rawScores(of: rows), raw).filter { !Self.isSame($0, $1) }
    #expect(rawFailures.isEmpty, "\(rawFailures.count) of \(raw.count) raw scores differ")

    let scores = try model.scores(of: rows)
    #expect(scores.count == transformed.count)
    let failures = zip(scores, transformed).filter { !Self.isClose($0, $1) }
    #expect(failures.isEmpty, "\(failures.prefix(3)) of \(scores.count) scores differ")
  }

  @Test(arguments: SharedCases.names)
  func `every way to score gives the same bits`(name: String) throws {
    let model = try SharedCases.model(name)
    let rows = try SharedCases.matrix(name, columns: model.columnCount)
    let walked = try model.rawScores(of: rows, by: .walk)
    let isLinear = name == "linear_tree"
    #expect(model.methods.count == (isLinear ? 1 : 1 + 2 * EngineKernel.available.count))
    for method in model.methods {
      let scores = try model.rawScores(of: rows, by: method)
      let failures = zip(scores, walked).filter { !Self.isSame($0, $1) }
      #expect(failures.isEmpty, "\(method): \(failures.count) of \(walked.count) scores differ")
    }
  }

  @Test(arguments: SharedCases.names)
  func `rows fall into LightGBM's leaves`(name: String) throws {
    guard let expected = try SharedCases.numbers(name, "expected_leaf.csv") else { return }
    let model = try SharedCases.model(name)
    let rows = try SharedCases.matrix(name, columns: model.columnCount)
    #expect(try model.leaves(of: rows).map(Double.init) == expected)
  }

  private static func isSame(_ score: Double, _ expected: Double) -> Bool {
    score.bitPattern == expected.bitPattern || (score.isNaN && expected.isNaN)
  }

  private static func isClose(_ score: Double, _ expected: Double) -> Bool {
    isSame(score, expected) || abs(score - expected) <= 1e-12 * abs(expected)
  }
}
