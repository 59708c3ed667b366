import Definitions
import Messages
import Testing

@testable import Features

@Suite struct ShownItemsTests {
  private var shown = ShownItems()

  private func event(_ kind: EventKind, item: String = "item1", request: String = "r") -> Event {
    SmallCity.event(kind, 0, item: item, request: request)
  }

  @Test mutating func `the strongest answer labels an item`() {
    let impression = event(.impression)
    for event in [impression, event(.order), event(.click)] { shown.note(event) }
    #expect(shown.groups.map(\.labels) == [[2]])
    #expect(shown.index(of: impression) == 0)
    #expect(shown.unpromptedOrders.isEmpty)
  }

  @Test mutating func `what came before the impression is no answer to it`() {
    for event in [event(.click), event(.order), event(.impression)] { shown.note(event) }
    #expect(shown.groups.map(\.labels) == [[0]])
    #expect(shown.unpromptedOrders == [1])
  }

  @Test mutating func `events without a request or an item make no group`() {
    shown.note(event(.impression, request: ""))
    shown.note(event(.impression, item: ""))
    shown.note(event(.order, item: ""))
    shown.note(event(.order, request: ""))
    #expect(shown.groups.isEmpty)
    #expect(shown.index(of: event(.impression, request: "")) == nil)
    #expect(shown.unpromptedOrders == [3])
  }
}
