import Definitions
import Messages
import Testing

@testable import Features

@Suite struct DerivedColumnTests {
  private let nan = Float.nan

  private func same(_ values: [Float], _ expected: [Float]) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
  }

  @Test func `a rank counts those that are better, and equal ones share it`() {
    let values: [Float] = [5, 1, nan, 5, 3]
    #expect(same(CandidateFunction.rankHighest.values(values), [0, 3, nan, 0, 2]))
    #expect(same(CandidateFunction.rankLowest.values(values), [2, 0, nan, 2, 1]))
  }

  @Test func `a share is of the sum of what is there`() {
    #expect(same(CandidateFunction.share.values([1, nan, 3]), [0.25, nan, 0.75]))
    #expect(same(CandidateFunction.share.values([0, 0]), [nan, nan]))
  }

  @Test func `the most and the count are the same for all`() {
    #expect(same(CandidateFunction.most.values([1, nan, 3, -2]), [3, 3, 3, 3]))
    #expect(same(CandidateFunction.most.values([nan, nan]), [nan, nan]))
    #expect(same(CandidateFunction.count.values([1, nan, 0, -2, 4]), [2, 2, 2, 2, 2]))
  }

  @Test(arguments: CandidateFunction.allCases)
  func `of no candidates there is nothing`(function: CandidateFunction) {
    #expect(function.values([]).isEmpty)
  }

  @Test func `a product takes powers, and what stands for the missing`() {
    let column = DerivedColumn(
      column: 2,
      operation: .product([
        .init(column: 0, plus: 1, power: 0.5, missing: .nan),
        .init(column: 1, plus: 0, power: 1, missing: 2),
      ]), missing: -1)
    var matrix: [Float] = [3, 5, 0, 8, nan, 0, nan, 1, 0]
    column.fill(&matrix, columns: 3)
    #expect(same(matrix, [3, 5, 10, 8, nan, 6, nan, 1, -1]))
  }

  @Test func `rows of which the other column is positive are left out`() {
    let column = DerivedColumn(
      column: 2, operation: .among(.share, of: 0, unless: 1), missing: .nan)
    var matrix: [Float] = [1, 0, 9, 6, 2, 9, 3, nan, 9]
    column.fill(&matrix, columns: 3)
    #expect(same(matrix, [1, 0, 0.25, 6, 2, nan, 3, nan, 0.75]))
  }

  @Test func `a matrix has them, made of what it has`() throws {
    let definition = try FeatureDefinition.made(of: [
      #""entity": "item", "kind": "attribute", "column": "price""#,
      #""entity": "item", "kind": "among", "function": "rank_highest", "of": "f0""#,
      #""entity": "item", "kind": "product", "factors": [{"of": "f1", "plus": 1}, {"of": "f0", "power": 2}]"#,
    ])
    let executor = FeatureExecutor(definition: definition, catalogue: try SmallCity().catalogue)
    let keys = [1, 4, 2].map { itemKey("item\($0)") }
    let rows = try executor.assemble(
      userID: "ann", nowMilliseconds: SmallCity.startMilliseconds, coordinate: nil, keys: keys,
      clock: { 0 })
    #expect(rows.matrix == [1, 2, 3, 4, 0, 16, 2, 1, 8])
  }

  @Test func `a pull may weigh the request's place beside the haunts`() throws {
    let pull =
      #""entity": "user_item", "kind": "cross", "function": "haunts_pull", "event": "order", "window": "all""#
    let definition = try FeatureDefinition.made(of: [pull, pull + #", "here": 0.5"#])
    let city = try SmallCity()
    var executor = FeatureExecutor(definition: definition, catalogue: city.catalogue)
    let place = city.catalogue.items[3].coordinate
    func row(_ coordinate: Coordinate?) throws -> [Float] {
      try executor.assemble(
        userID: "ann", nowMilliseconds: SmallCity.startMilliseconds + 9, coordinate: coordinate,
        keys: [itemKey("item3")], clock: { 0 }
      ).matrix
    }
    #expect(same(try row(nil), [nan, nan]))
    #expect(same(try row(place), [nan, 0.5]))
    executor.apply(SmallCity.event(.order, SmallCity.startMilliseconds, item: "item3"))
    #expect(same(try row(place), [1, 1.5]))
    #expect(same(try row(nil), [1, 1]))
  }
}
