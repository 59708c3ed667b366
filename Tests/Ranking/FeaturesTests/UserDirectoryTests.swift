import Testing

@testable import Features

@Suite struct UserDirectoryTests {
  private var users = UserDirectory()

  @Test mutating func `users are numbered in order of appearance, up to the limit`() {
    #expect(users.admit("ann", timeMilliseconds: 5, usersMax: 2) == 0)
    #expect(users.admit("bob", timeMilliseconds: 5, usersMax: 2) == 1)
    #expect(users.admit("cid", timeMilliseconds: 5, usersMax: 2) == nil)
    #expect(users.admit("ann", timeMilliseconds: 6, usersMax: 2) == 0)
    #expect(users.admit("", timeMilliseconds: 6, usersMax: 2) == nil)
    #expect(users.index(of: "bob") == 1)
    #expect(users.index(of: "cid") == nil)
    #expect(users.index(of: "") == nil)
    #expect(users.count == 2)
  }

  @Test mutating func `a late event makes a user known from its own time on`() {
    _ = users.admit("ann", timeMilliseconds: 50, usersMax: 9)
    _ = users.admit("ann", timeMilliseconds: 40, usersMax: 9)
    #expect(!users.isKnown(0, before: RequestInstant(milliseconds: 40)))
    #expect(users.isKnown(0, before: RequestInstant(milliseconds: 41)))
  }

  @Test mutating func `items come and go by user`() {
    for user in ["ann", "bob"] { _ = users.admit(user, timeMilliseconds: 0, usersMax: 9) }
    for item in [3, 1, 2] { users.addItem(item, to: 0) }
    users.addItem(3, to: 1)
    users.removeItems([3, 2, 7], of: 0)
    #expect(users.items(of: 0) == [1])
    #expect(users.items(of: 1) == [3])
  }

  @Test mutating func `places come and go by user`() {
    for user in ["ann", "bob"] { _ = users.admit(user, timeMilliseconds: 0, usersMax: 9) }
    for place in [3, 1, 2] as [UInt64] { users.addPlace(place, to: 0) }
    users.addPlace(3, to: 1)
    users.removePlaces([3, 2, 7], of: 0)
    #expect(users.places(of: 0) == [1])
    #expect(users.places(of: 1) == [3])
  }
}
