import Definitions
import Messages
import Testing

@testable import Features

@Suite struct ReplayTests {
  private let city: SmallCity
  private let noon = SmallCity.startMilliseconds

  init() throws { city = try SmallCity() }

  private func groups(
    _ events: [Event], definition: FeatureDefinition? = nil, seed: UInt64 = 1,
    negatives: Replay.Negatives = { _, _ in [] }
  ) throws -> [TrainingGroup] {
    var replay = Replay(
      definition: try definition
        ?? .made(of: [
          #""entity": "user_item", "kind": "window", "event": "order", "window": "all", "aggregate": "count""#,
          #""entity": "item", "kind": "window", "event": "impression", "window": "all", "aggregate": "count""#,
        ]), catalogue: city.catalogue, seed: seed)
    var groups: [TrainingGroup] = []
    try replay.run({ body in try events.forEach(body) }, negatives: negatives) { groups.append($0) }
    #expect(replay.executor.position == UInt64(events.count))
    return groups
  }

  @Test func `what a request showed is a group, labelled by what came of it`() throws {
    let shown = ["item0", "item1", "item2", "item3"]
    var events = shown.map { SmallCity.event(.impression, noon, item: $0, request: "r") }
    events.append(SmallCity.event(.click, noon + 5, item: "item1", request: "r"))
    events.append(SmallCity.event(.click, noon + 6, item: "item2", request: "r"))
    events.append(SmallCity.event(.order, noon + 9, item: "item2", request: "r"))
    events.append(SmallCity.event(.click, noon + 10, item: "item2", request: "r"))
    let groups = try groups(events)
    #expect(groups.map(\.id) == ["r"])
    #expect(groups[0].keys == shown.map(itemKey))
    #expect(groups[0].labels == [0, 1, 2, 0])
    #expect(groups[0].timeMilliseconds == noon)
    #expect(groups[0].userID == "ann")
  }

  @Test func `rows know nothing of their own group, nor of what came between its events`() throws {
    let events = [
      SmallCity.event(.order, noon - 5, item: "item0", id: "before"),
      SmallCity.event(.impression, noon, item: "item0", request: "r"),
      SmallCity.event(.order, noon - 1, item: "item0", id: "late"),
      SmallCity.event(.impression, noon, item: "item1", request: "r"),
      SmallCity.event(.impression, noon + 1, item: "item1", request: "next"),
    ]
    let groups = try groups(events)
    #expect(groups.map(\.id) == ["before", "r", "late", "next"])
    #expect(groups[1].rows.matrix == [1, 0, 0, 0])
    #expect(groups[1].rows.logPosition == 1)
    #expect(groups[3].rows.matrix == [0, 1])
  }

  @Test func `an item shown twice in one request is one row`() throws {
    let events = (0..<2).map { SmallCity.event(.impression, noon + $0, request: "r") }
    let groups = try groups(events)
    #expect(groups.count == 1)
    #expect(groups[0].keys == [itemKey("item1")])
  }

  @Test func `one request id of two users is two requests`() throws {
    let groups = try groups([
      SmallCity.event(.impression, noon, user: "ann", request: "r"),
      SmallCity.event(.impression, noon, user: "bob", request: "r"),
      SmallCity.event(.order, noon + 1, user: "bob", request: "r"),
    ])
    #expect(groups.map(\.userID) == ["ann", "bob"])
    #expect(groups.map(\.labels) == [[0], [2]])
  }

  @Test func `an order that nothing shown explains is a group with negatives`() throws {
    let events = [
      SmallCity.event(.impression, noon, item: "item1", request: "r"),
      SmallCity.event(.order, noon + 1, item: "item2", request: "r", id: "other item"),
      SmallCity.event(.order, noon + 2, item: "item3", request: "unseen", id: "no impressions"),
      SmallCity.event(.order, noon + 3, item: "item4", id: "no request"),
      SmallCity.event(.order, noon + 4, item: "", id: "no item"),
      SmallCity.event(.impression, noon + 5, item: "item3", request: "unseen"),
    ]
    var asked: [String] = []
    let groups = try groups(events) { event, _ in
      asked.append(event.id)
      return [itemKey("item5"), itemKey(event.itemID), itemKey("item6"), itemKey("item5")]
    }
    let unprompted = ["other item", "no impressions", "no request"]
    #expect(asked == unprompted)
    #expect(groups.map(\.id) == ["r"] + unprompted + ["unseen"])
    for (group, item) in zip(groups[1...3], ["item2", "item3", "item4"]) {
      #expect(group.labels.sorted() == [0, 0, 1])
      #expect(Set(group.keys) == Set([item, "item5", "item6"].map(itemKey)))
      let place = try #require(group.labels.firstIndex(of: 1))
      #expect(group.keys[place] == itemKey(item))
    }
    #expect(groups[4].labels == [0])
  }

  @Test func `the ordered item has no place of its own, and the seed decides on it`() throws {
    let events = (0..<60).map { SmallCity.event(.order, noon + Int64($0), id: "\($0)") }
    let negatives: Replay.Negatives = { _, generator in
      (0..<3).map { _ in generator.next() }
    }
    let first = try groups(events, seed: 7, negatives: negatives)
    #expect(Set(first.map { $0.labels.firstIndex(of: 1) }) == [0, 1, 2, 3])
    #expect(try groups(events, seed: 7, negatives: negatives).map(\.keys) == first.map(\.keys))
    #expect(try groups(events, seed: 8, negatives: negatives).map(\.keys) != first.map(\.keys))
  }

  @Test func `what the log throws is thrown on`() throws {
    struct Torn: Error {}
    var replay = Replay(
      definition: try .ofEverything(), catalogue: city.catalogue, seed: 1)
    #expect(throws: Torn.self) {
      try replay.run({ _ in throw Torn() }, negatives: { _, _ in [] }, emit: { _ in })
    }
  }

  @Test(arguments: [11, 12, 13] as [UInt64])
  func `what was served is what replay gives, bit for bit`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let events = Self.shuffledALittle(SmallCity.events(500, from: &generator), &generator)
    let definition = try FeatureDefinition.ofEverything()
    var live = FeatureExecutor(definition: definition, catalogue: city.catalogue)
    var served: [Served] = []
    for event in events {
      // Requests for the present, the past and the future, between any two events.
      while Int.random(in: 0..<4, using: &generator) == 0 {
        served.append(try serve(live, around: event.timeMilliseconds, &generator))
      }
      live.apply(event)
    }
    #expect(served.count > 100, "seed \(seed)")
    for request in served.shuffled(using: &generator).prefix(25) {
      var replayed = FeatureExecutor(definition: definition, catalogue: city.catalogue)
      for event in events.prefix(Int(request.rows.logPosition)) { replayed.apply(event) }
      let rows = try request.again(by: replayed)
      #expect(
        rows.map(\.bitPattern) == request.rows.matrix.map(\.bitPattern),
        "seed \(seed) at \(request.rows.logPosition)")
    }
  }

  @Test(arguments: [21, 22] as [UInt64])
  func `training rows are what was served just before, bit for bit`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let definition = try FeatureDefinition.ofEverything()
    var live = FeatureExecutor(definition: definition, catalogue: city.catalogue)
    var events: [Event] = []
    var served: [String: [UInt32]] = [:]
    for event in SmallCity.events(300, from: &generator) {
      if event.kind == .impression, !event.itemID.isEmpty {
        var shown = event
        shown.requestID = "request of \(event.id)"
        let keys = SmallCity.itemIDs.prefix(5).map(itemKey)
        let rows = try live.assemble(
          userID: event.userID, nowMilliseconds: event.timeMilliseconds,
          coordinate: Coordinate(event.place), keys: keys, clock: { 0 })
        served[shown.requestID] = rows.matrix.map(\.bitPattern)
        for item in SmallCity.itemIDs.prefix(5) {
          shown.itemID = item
          events.append(shown)
          live.apply(shown)
        }
      } else {
        events.append(event)
        live.apply(event)
      }
    }
    let replayed = try groups(events, definition: definition).filter { $0.id.hasPrefix("request") }
    #expect(replayed.count == served.count)
    for group in replayed {
      #expect(served[group.id] == group.rows.matrix.map(\.bitPattern), "seed \(seed): \(group.id)")
    }
  }

  /// One in eight comes later in the log than its time.
  private static func shuffledALittle(
    _ events: [Event], _ generator: inout SplitMix64
  ) -> [Event] {
    var events = events
    for index in events.indices where Int.random(in: 0..<8, using: &generator) == 0 {
      events.swapAt(index, min(index + 5, events.count - 1))
    }
    return events
  }

  private struct Served {
    var userID: String
    var now: Int64
    var coordinate: Coordinate?
    var rows: AssembledRows

    func again(by executor: FeatureExecutor) throws -> [Float] {
      try executor.assemble(
        userID: userID, nowMilliseconds: now, coordinate: coordinate,
        keys: SmallCity.itemIDs.map(itemKey), clock: { 0 }
      ).matrix
    }
  }

  private func serve(
    _ executor: FeatureExecutor, around time: Int64, _ generator: inout SplitMix64
  ) throws -> Served {
    let week = 168 * SmallCity.hour
    let now =
      time + [0, 1, .random(in: -week...week, using: &generator)].randomElement(using: &generator)!
    let coordinate = Coordinate(
      latitude: .random(in: 39.9...40.2, using: &generator), longitude: -74)
    let userID = (SmallCity.userIDs + [""]).randomElement(using: &generator)!
    let rows = try executor.assemble(
      userID: userID, nowMilliseconds: now, coordinate: coordinate,
      keys: SmallCity.itemIDs.map(itemKey), clock: { 0 })
    return Served(userID: userID, now: now, coordinate: coordinate, rows: rows)
  }
}
