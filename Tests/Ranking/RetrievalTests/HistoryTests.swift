import Testing

@testable import Retrieval

struct HistoryTests {
  @Test func `items count from their first order on, whichever event came first`() {
    var history = History(itemsMax: 10, usersMax: 10)
    history.order(user: 1, row: 7, timeMilliseconds: 100)
    history.order(user: 1, row: 8, timeMilliseconds: 300)
    history.order(user: 1, row: 7, timeMilliseconds: 50)
    history.order(user: 2, row: 9, timeMilliseconds: 10)
    #expect(history.rows(user: 1, through: 49) == [])
    #expect(history.rows(user: 1, through: 50) == [7])
    #expect(Set(history.rows(user: 1, through: 300)) == [7, 8])
    #expect(history.rows(user: 3, through: .max) == [])
  }

  @Test func `over the limit the least recently ordered item leaves`() {
    var history = History(itemsMax: 2, usersMax: 10)
    history.order(user: 1, row: 1, timeMilliseconds: 1)
    history.order(user: 1, row: 2, timeMilliseconds: 2)
    history.order(user: 1, row: 1, timeMilliseconds: 3)
    history.order(user: 1, row: 3, timeMilliseconds: 4)
    #expect(Set(history.rows(user: 1, through: .max)) == [1, 3])
    // An order from long ago, come late, displaces nothing newer.
    history.order(user: 1, row: 4, timeMilliseconds: 0)
    #expect(Set(history.rows(user: 1, through: .max)) == [1, 3])
  }

  @Test func `over the limit new users are not remembered, old ones still are`() {
    var history = History(itemsMax: 2, usersMax: 1)
    history.order(user: 1, row: 1, timeMilliseconds: 1)
    history.order(user: 2, row: 1, timeMilliseconds: 1)
    history.order(user: 1, row: 2, timeMilliseconds: 1)
    #expect(history.rows(user: 2, through: .max) == [])
    #expect(Set(history.rows(user: 1, through: .max)) == [1, 2])
  }
}
