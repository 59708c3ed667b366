import Messages
import Testing

@testable import Features

@Suite struct FeaturePlanTests {
  private func plan(_ entries: String...) throws -> FeaturePlan {
    FeaturePlan(try .made(of: entries))
  }

  private func series(_ plan: FeaturePlan, _ entity: FeatureEntity) -> [TimelineSeries] {
    plan.series[entity.store]
  }

  @Test func `columns that need the same timeline share it`() throws {
    let window = #""entity": "item", "kind": "window", "event": "order""#
    let plan = try plan(
      "\(window), \"window\": \"1h\", \"aggregate\": \"count\"",
      "\(window), \"window\": \"7d\", \"aggregate\": \"recency_hours\"",
      #""entity": "item", "kind": "decay", "event": "order", "half_life": "1d""#,
      #""entity": "item", "kind": "decay", "event": "order", "half_life": "24h""#,
      #""entity": "item", "kind": "decay", "event": "order", "half_life": "2d""#)
    #expect(series(plan, .item).count == 1)
    #expect(series(plan, .item)[0].halfLivesMilliseconds == [86_400_000, 172_800_000])
  }

  @Test func `only what a feature needs is kept, but for the history`() throws {
    let plan = try plan(#""entity": "item", "kind": "attribute", "column": "price""#)
    for entity in FeatureEntity.allCases {
      #expect(plan.keeps(entity) == (entity == .userItem))
    }
    let history = series(plan, .userItem)[FeaturePlan.historySlot]
    #expect(history.event == .order)
    #expect(history.measure == .one)
    for kind in EventKind.allCases {
      #expect(plan.feeds[Int(kind.rawValue)].count == (kind == .order ? 1 : 0))
    }
  }

  @Test func `a share keeps the whole as well, and hours of pairs keep the pair`() throws {
    let share = try plan(
      #""entity": "item_hour", "kind": "cross", "function": "share", "event": "click", "window": "all""#
    )
    #expect(share.feeds[Int(EventKind.click.rawValue)].map(\.entity) == [.item, .itemHour])
    let hours = try plan(
      #""entity": "user_item_hour", "kind": "decay", "event": "click", "half_life": "1d""#)
    #expect(hours.feeds[Int(EventKind.click.rawValue)].map(\.entity) == [.userItem, .userItemHour])
  }

  @Test func `what is first shows in the pair, and what is taken at a place keeps the place`()
    throws
  {
    let first = try plan(
      #""entity": "item", "kind": "window", "event": "click", "window": "all", "aggregate": "mean", "column": "first""#
    )
    #expect(first.feeds[Int(EventKind.click.rawValue)].map(\.entity) == [.item, .userItem])
    #expect(series(first, .item).map(\.measure) == [.first])
    let place = try plan(
      #""entity": "user_place_item", "kind": "decay", "event": "click", "half_life": "1d""#)
    #expect(
      place.feeds[Int(EventKind.click.rawValue)].map(\.entity)
        == [.userItem, .userPlace, .userPlaceItem])
  }

  @Test func `each entity reads as many hours around as its widest column`() throws {
    let count = #""kind": "window", "event": "order", "window": "all", "aggregate": "count""#
    let plan = try plan(
      "\"entity\": \"user_hour\", \(count), \"hours_around\": 2",
      "\"entity\": \"user_hour\", \(count), \"hours_around\": 5",
      "\"entity\": \"item_hour\", \(count)")
    #expect(plan.hoursAround[FeatureEntity.userHour.store] == 5)
    #expect(plan.hoursAround[FeatureEntity.itemHour.store] == 0)
  }

  @Test func `a minus_user_mean keeps the measure of the user`() throws {
    let plan = try plan(
      #""entity": "user_item", "kind": "cross", "function": "minus_user_mean", "event": "order", "window": "all", "column": "price""#
    )
    #expect(series(plan, .user).map(\.measure) == [.price])
  }
}
