import Definitions
import Messages
import Testing

@testable import Features

@Suite struct FeatureExecutorTests {
  let city: SmallCity

  init() throws { city = try SmallCity() }

  private func executor(_ entries: String..., limits: FeatureLimits = FeatureLimits()) throws
    -> FeatureExecutor
  {
    FeatureExecutor(
      definition: try .made(of: entries), catalogue: city.catalogue, limits: limits)
  }

  private let orders =
    #""entity": "item", "kind": "window", "event": "order", "window": "1h", "aggregate": "count""#
  private let userOrders =
    #""entity": "user", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#
  private let pairOrders =
    #""entity": "user_item", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#
  private let pairImpressions =
    #""entity": "user_item", "kind": "window", "event": "impression", "window": "all", "aggregate": "count""#
  private let hourOrders =
    #""entity": "user_item_hour", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#

  private let noon: Int64 = SmallCity.startMilliseconds

  @Test func `an event is visible after its own millisecond, and the window holds its first`()
    throws
  {
    var executor = try executor(orders)
    executor.apply(SmallCity.event(.order, noon))
    #expect(try executor.row(noon) == [0])
    #expect(try executor.row(noon + 1) == [1])
    #expect(try executor.row(noon + SmallCity.hour) == [1])
    #expect(try executor.row(noon + SmallCity.hour + 1) == [0])
  }

  @Test func `an old now sees the past whatever has been applied since`() throws {
    var executor = try executor(orders, userOrders, pairOrders)
    executor.apply(SmallCity.event(.order, noon))
    let then = try executor.row(noon + 5)
    for minute in 1...50 { executor.apply(SmallCity.event(.order, noon + Int64(minute) * 60_000)) }
    #expect(try executor.row(noon + 5) == then)
    #expect(then == [1, 1, 1])
  }

  @Test func `an unknown item has the user's own features only, and is counted`() throws {
    var executor = try executor(
      orders, userOrders, pairOrders, #""entity": "item", "kind": "attribute", "column": "price""#,
      #""entity": "item", "kind": "attribute", "column": "price", "default": 2"#)
    executor.apply(SmallCity.event(.order, noon, item: "gone"))
    let rows = try executor.assemble(
      userID: "ann", nowMilliseconds: noon + 1, coordinate: nil,
      keys: [itemKey("gone"), itemKey("item1")], clock: { 0 })
    #expect(rows.unknownItems == 1)
    #expect(rows.matrix[0].isNaN)
    #expect(rows.matrix[1] == 1)
    #expect(rows.matrix[2].isNaN)
    #expect(rows.matrix[3].isNaN)
    #expect(rows.matrix[4] == 2)
    #expect(Array(rows.matrix[5...]) == [0, 1, 0, 1, 1])
    #expect(executor.counters.unknownItemEvents == 1)
  }

  @Test func `no user and an unheard-of one are a user to whom nothing has happened`() throws {
    var executor = try executor(userOrders, pairOrders, hourOrders)
    executor.apply(SmallCity.event(.order, noon, user: ""))
    #expect(try executor.row(noon + 1, user: "") == [0, 0, 0])
    #expect(try executor.row(noon + 1, user: "nobody") == [0, 0, 0])
    #expect(executor.usersCount == 0)
    #expect(executor.pairsCount == 0)
  }

  @Test func `times at the ends of the integers neither trap nor count`() throws {
    var executor = try executor(orders, userOrders)
    for time in [Int64.min, .max, RequestInstant.magnitudeMax + 1] {
      executor.apply(SmallCity.event(.order, time))
    }
    executor.apply(SmallCity.event(.unknown, noon))
    #expect(executor.counters.refusedEvents == 4)
    #expect(executor.position == 4)
    #expect(try executor.row(.max) == [0, 0])
    #expect(try executor.row(.min) == [0, 0])
  }

  @Test func `values that are no numbers leave sums alone`() throws {
    var executor = try executor(
      #""entity": "user", "kind": "window", "event": "order", "window": "all", "aggregate": "sum""#,
      #""entity": "user", "kind": "window", "event": "order", "window": "all", "aggregate": "mean""#
    )
    for value in [Double.nan, .infinity, 0, 10, 20] {
      var event = SmallCity.event(.order, noon)
      event.value = value
      executor.apply(event)
    }
    #expect(try executor.row(noon + 1) == [30, 15])
  }

  @Test func `a user beyond the limit counts for items and is served as a new one`() throws {
    var executor = try executor(orders, userOrders, limits: FeatureLimits(usersMax: 1))
    executor.apply(SmallCity.event(.order, noon, user: "ann"))
    executor.apply(SmallCity.event(.order, noon, user: "bob"))
    #expect(try executor.row(noon + 1, user: "ann") == [2, 1])
    #expect(try executor.row(noon + 1, user: "bob") == [2, 0])
    #expect(executor.counters.refusedUserEvents == 1)
  }

  @Test func `too many pairs give up those without orders first, then the longest untouched`()
    throws
  {
    var executor = try executor(
      pairOrders, pairImpressions, hourOrders, userOrders,
      limits: FeatureLimits(pairsPerUserMax: 3))
    executor.apply(SmallCity.event(.order, noon, item: "item0"))
    executor.apply(SmallCity.event(.impression, noon + 1, item: "item1"))
    executor.apply(SmallCity.event(.order, noon + 2, item: "item2"))
    executor.apply(SmallCity.event(.order, noon + 3, item: "item3"))
    #expect(executor.pairsCount == 3)
    #expect(try executor.row(noon + 9, item: "item0") == [1, 0, 1, 3])
    #expect(try executor.row(noon + 9, item: "item1") == [0, 0, 0, 3])
    executor.apply(SmallCity.event(.order, noon + 4, item: "item0"))
    executor.apply(SmallCity.event(.order, noon + 5, item: "item4"))
    #expect(executor.pairsCount == 3)
    #expect(executor.counters.forgottenPairs == 2)
    #expect(try executor.row(noon + 9, item: "item0") == [2, 0, 2, 5])
    #expect(try executor.row(noon + 9, item: "item2") == [0, 0, 0, 5])
    // Its memory is another pair's now, which must have begun from nothing.
    #expect(try executor.row(noon + 9, item: "item4") == [1, 0, 1, 5])
    let history = executor.history(userID: "ann", nowMilliseconds: noon + 9, limit: 9)
    #expect(history.map(\.key) == ["item0", "item4", "item3"].map(itemKey))
  }

  @Test func `an item outside every category has no category features`() throws {
    let executor = try executor(
      #""entity": "category", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#,
      #""entity": "user_category", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#
    )
    #expect(try executor.row(noon, item: "item11").allSatisfy(\.isNaN))
    #expect(try executor.row(noon, item: "item0") == [0, 0])
    #expect(try executor.row(noon, user: "nobody", item: "item11").allSatisfy(\.isNaN))
  }

  @Test func `a matrix of too many rows is refused`() throws {
    let executor = try executor(orders, limits: FeatureLimits(rowsMax: 2))
    #expect(throws: AssembleError.tooManyRows(3, limit: 2)) {
      try executor.assemble(
        userID: "ann", nowMilliseconds: 0, coordinate: nil, keys: [1, 2, 3], clock: { 0 })
    }
  }

  @Test func `the two times are told apart by the clock that was passed`() throws {
    let executor = try executor(orders)
    var ticks: [UInt64] = [100, 130, 190]
    let rows = try executor.assemble(
      userID: "ann", nowMilliseconds: 0, coordinate: nil, keys: [1], clock: { ticks.removeFirst() })
    #expect(rows.storedNanoseconds == 30)
    #expect(rows.requestNanoseconds == 60)
    #expect(rows.columns == 1)
    #expect(rows.fingerprint == executor.definition.fingerprint)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `every kind of every entity is what brute force says`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let events = SmallCity.events(400, from: &generator)
    let definition = try FeatureDefinition.ofEverything()
    var executor = FeatureExecutor(definition: definition, catalogue: city.catalogue)
    for event in events { executor.apply(event) }
    let itemIDs = SmallCity.itemIDs + [SmallCity.strangeItemID]
    var present = Set<String>()
    for _ in 0..<16 {
      // At an event's own millisecond, too: that is where windows begin and end.
      let time = events.randomElement(using: &generator)!.timeMilliseconds
      let reference = BruteForce(
        catalogue: city.catalogue, events: events,
        userID: (SmallCity.userIDs + ["", "nobody"]).randomElement(using: &generator)!,
        now: time + Int64.random(in: 0...1, using: &generator) * 86_400_000,
        coordinate: Bool.random(using: &generator)
          ? SmallCity.places.randomElement(using: &generator)! : nil)
      let rows = try executor.assemble(
        userID: reference.userID, nowMilliseconds: reference.now,
        coordinate: reference.coordinate, keys: itemIDs.map(itemKey), clock: { 0 })
      for (row, itemID) in itemIDs.enumerated() {
        for (column, feature) in definition.features.enumerated() {
          let value = Double(rows.matrix[row * rows.columns + column])
          let expected = reference.value(feature, itemID: itemID)
          if value != 0, !value.isNaN { present.insert(feature.name) }
          #expect(
            value.isNaN == expected.isNaN
              && (value.isNaN || abs(value - expected) <= 1e-5 * max(1, abs(expected))),
            "seed \(seed): \(feature.entity) \(feature.computation) of \(itemID) is \(value), not \(expected)"
          )
        }
      }
    }
    // A column that is nothing but zeros and holes has not been compared.
    #expect(
      Double(present.count) > 0.8 * Double(definition.features.count),
      "seed \(seed): \(present.count) of \(definition.features.count) features had a value")
  }
}

extension FeatureExecutor {
  fileprivate func row(_ now: Int64, user: String = "ann", item: String = "item1") throws -> [Float]
  {
    try assemble(
      userID: user, nowMilliseconds: now, coordinate: nil, keys: [itemKey(item)], clock: { 0 }
    ).matrix
  }
}
