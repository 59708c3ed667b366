import Definitions
import Messages
import Testing

@testable import Features

@Suite struct UserRowTests {
  private let noon = SmallCity.startMilliseconds
  private let definition: FeatureDefinition
  private var executor: FeatureExecutor

  init() throws {
    definition = try FeatureDefinition.made(of: [
      #""entity": "item", "kind": "attribute", "column": "price""#,
      #""entity": "user", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#,
      #""entity": "user", "kind": "window", "event": "order", "window": "all", "aggregate": "recency_hours", "default": 999"#,
      #""entity": "user_item", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#,
      #""entity": "user", "kind": "window", "event": "click", "window": "all", "aggregate": "rate", "per": "impression""#,
    ])
    executor = FeatureExecutor(definition: definition, catalogue: try SmallCity().catalogue)
  }

  @Test mutating func `the user's row has the user's own columns, as the matrix has them`() throws {
    for time in 0..<4 { executor.apply(SmallCity.event(.impression, noon + Int64(time))) }
    executor.apply(SmallCity.event(.click, noon + 5))
    executor.apply(SmallCity.event(.order, noon + 6))
    let row = executor.userRow(userID: "ann", nowMilliseconds: noon + SmallCity.hour + 6)
    #expect(row.names == ["f1", "f2", "f4"])
    #expect(row.values == [1, 1, 0.25])
    #expect(row.logPosition == 6)
    let matrix = try executor.assemble(
      userID: "ann", nowMilliseconds: noon + SmallCity.hour + 6, coordinate: nil,
      keys: [itemKey("item4")], clock: { 0 }
    ).matrix
    #expect([matrix[1], matrix[2], matrix[4]] == row.values)
  }

  @Test mutating func `a user is known by the catalogue, or from the first event on`() {
    #expect(executor.userRow(userID: "bob", nowMilliseconds: noon).known)
    #expect(executor.userRow(userID: "bob", nowMilliseconds: noon).values[1] == 999)
    executor.apply(SmallCity.event(.open, noon, user: "newcomer", item: ""))
    #expect(!executor.userRow(userID: "newcomer", nowMilliseconds: noon).known)
    #expect(executor.userRow(userID: "newcomer", nowMilliseconds: noon + 1).known)
    #expect(!executor.userRow(userID: "", nowMilliseconds: noon + 1).known)
  }

  @Test mutating func `the history is the most ordered first, of those as often the latest`() {
    let orders = ["item3", "item1", "item3", "item2", "item9"]
    for (index, item) in orders.enumerated() {
      executor.apply(SmallCity.event(.order, noon + Int64(index), item: item))
    }
    executor.apply(SmallCity.event(.click, noon + 9, item: "item0"))
    let history = executor.history(userID: "ann", nowMilliseconds: noon + 4, limit: 10)
    #expect(history.map(\.key) == ["item3", "item2", "item1"].map(itemKey))
    #expect(history.map(\.orders) == [2, 1, 1])
    let shorter = executor.history(userID: "ann", nowMilliseconds: noon + 9, limit: 2)
    #expect(shorter.map(\.key) == ["item3", "item9"].map(itemKey))
    #expect(executor.history(userID: "ann", nowMilliseconds: noon, limit: 10).isEmpty)
    #expect(executor.history(userID: "bob", nowMilliseconds: noon + 9, limit: 10).isEmpty)
    #expect(executor.history(userID: "ann", nowMilliseconds: noon + 9, limit: -1).isEmpty)
  }
}
