internal import Inference
internal import TestSupport
internal import Testing

/// Several models behind one call, against each of them alone.
@Suite struct SharedHeadsTests {
  private func version(_ texts: [String], shares: Bool) throws -> LoadedVersion {
    LoadedVersion(
      name: "m", version: "1",
      heads: try texts.enumerated().map {
        .init(name: "h\($0.offset)", model: try SampleModel.load($0.element))
      }, shares: shares)
  }

  /// Of the same columns, so that conditions meet, with different numbers of trees and of scores.
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `heads together score the same bits as apart`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let columns = 6
    let texts = [
      RandomModel(columns: columns).text(&generator),
      RandomModel(columns: columns, heads: 3, trees: 3...5).text(&generator),
      RandomModel(columns: columns, leaves: 2...64, categoricalShare: 0).text(&generator),
    ]
    let random = RandomModel(columns: columns)
    let (together, apart) = (try version(texts, shares: true), try version(texts, shares: false))
    #expect(together.sharesWork && !apart.sharesWork)
    for rows in [1, 5, 17, 200, 256, 300] {
      let matrix = (0..<rows * columns).map { _ in Float(random.cell(&generator)) }
      let expected = try apart.score(matrix: matrix, columns: columns)
      let scores = try together.score(matrix: matrix, columns: columns)
      #expect(
        scores.map(\.bitPattern) == expected.map(\.bitPattern), "seed \(seed), \(rows) rows")
    }
  }

  @Test func `each head has its own transform and average`() throws {
    let texts = [
      SampleModel.constant([1, 2], objective: "binary sigmoid:1"),
      SampleModel.constant([4, 6], objective: nil, averaging: true),
      SampleModel.constant([10, 20], objective: "multiclass num_class:2", heads: 2),
    ]
    let (together, apart) = (try version(texts, shares: true), try version(texts, shares: false))
    #expect(together.sharesWork)
    let scores = try together.score(matrix: [0, 1], columns: 1)
    #expect(scores == (try apart.score(matrix: [0, 1], columns: 1)))
    #expect(scores.count == 8 && scores[1] == 5)
  }

  @Test func `what has to be walked is scored apart`() throws {
    let linear = LinearLeavesTests.text
    let version = try version([linear, linear], shares: true)
    #expect(!version.sharesWork)
    #expect(try version.score(matrix: [-4, 3, 1, 3], columns: 2) == [18, 18, 20, 20])
  }

  @Test func `one head has nothing to share`() throws {
    #expect(!(try version([SampleModel.mixed], shares: true).sharesWork))
  }
}
