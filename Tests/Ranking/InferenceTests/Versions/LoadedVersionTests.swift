import Inference
import Testing

@Suite struct LoadedVersionTests {
  private func version(_ heads: [(String, String)]) throws -> LoadedVersion {
    LoadedVersion(
      name: "m", version: "1",
      heads: try heads.map { .init(name: $0.0, model: try SampleModel.load($0.1)) })
  }

  @Test func `one model answers as itself, and its head needs no name`() throws {
    let version = try version([("", SampleModel.mixed)])
    #expect(version.headNames == [])
    #expect(version.headCount == 1)
    let expected = try SampleModel.load(SampleModel.mixed).score(matrix: [0, 0, -2], columns: 3)
    #expect(try version.score(matrix: [0, 0, -2], columns: 3) == expected)
  }

  @Test func `several models answer one row after the other, each its heads`() throws {
    let classes = SampleModel.constant([10, 20], objective: nil, heads: 2)
    let version = try version([
      ("click", SampleModel.stump(decision: 8, threshold: "0.5")), ("genre", classes),
    ])
    #expect(version.headCount == 3)
    #expect(version.headNames == ["click", "genre.0", "genre.1"])
    #expect(version.treeCount == 3)
    #expect(
      try version.score(matrix: [0, 1], columns: 1) == [-1, 10, 20, 1, 10, 20])
  }

  @Test func `rows that do not fit are refused by several models as by one`() throws {
    let stump = SampleModel.stump(decision: 8, threshold: "0.5")
    let version = try version([("a", stump), ("b", stump)])
    #expect(throws: ScoringError.wrongColumns(found: 2, expected: 1)) {
      try version.score(matrix: [1, 2], columns: 2)
    }
    #expect(throws: ScoringError.noColumns) { try version.score(matrix: [1, 2], columns: 0) }
    #expect(throws: ScoringError.tooManyScores(count: 2_097_154, limit: Model.scoresMax)) {
      try version.score(
        matrix: Array(repeating: 0, count: Model.scoresMax / 2 + 1), columns: 1)
    }
  }

  @Test func `what is not known of rows or version does not keep them apart`() throws {
    let known = try SampleVersion.load("m", "1", schema: 0xA)
    #expect(known.takes(schema: 0xA, columns: 3))
    #expect(known.takes(schema: 0, columns: nil))
    #expect(!known.takes(schema: 0xB, columns: 3))
    #expect(!known.takes(schema: 0xA, columns: 4))
    #expect(try SampleVersion.load("m", "1").takes(schema: 0xB, columns: 3))
  }
}
