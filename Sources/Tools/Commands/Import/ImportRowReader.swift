internal import Definitions
internal import Messages
internal import RPC

/// From rows to messages: what each table's row must have.
enum ImportRowReader {
  static func item(_ fields: RowFields, defaultZone: String) throws(RowProblem) -> Item {
    var item = Item()
    item.id = try fields.requiredText("id")
    item.place = try fields.place()
    if item.place == nil { throw RowProblem("no latitude and longitude") }
    item.categories = try fields.list("categories")
    item.name =
      try fields.text("name") ?? (item.categories.first.map { "\($0) \(item.id)" } ?? item.id)
    item.price = try fields.wholeNumber("price", in: 0...4) ?? 0
    item.rating = Float(try fields.number("rating", in: 0...5) ?? -1)
    item.ratings = try fields.wholeNumber("ratings", in: 0...UInt32(Int32.max)) ?? 0
    if let hours = try fields.text("hours") { item.hours = try OpeningHoursParser.parse(hours) }
    item.zone = try fields.text("time_zone") ?? defaultZone
    item.openedMilliseconds = try fields.time("opened") ?? 0
    return item
  }

  static func user(_ fields: RowFields) throws(RowProblem) -> User {
    var user = User()
    user.id = try fields.requiredText("id")
    user.home = try fields.place()
    return user
  }

  /// Without an id in the row, the event has one that its content gives.
  static func event(_ fields: RowFields) throws(RowProblem) -> Event {
    var event = Event()
    guard let time = try fields.time("time") else { throw fields.missing("time") }
    event.timeMilliseconds = time
    let known = try fields.word("kind", "open, impression, click, order, rating") {
      EventKind(text: $0)
    }
    event.kind = known
    event.userID = try fields.requiredText("user")
    event.itemID =
      known == .open ? try fields.text("item") ?? "" : try fields.requiredText("item")
    event.requestID = try fields.text("request") ?? ""
    event.position = try fields.wholeNumber("position", in: 0...1_000_000) ?? 0
    event.value = try value(fields, of: known)
    event.place = try fields.place()
    event.id = try fields.text("id") ?? contentID(of: event)
    return event
  }

  private static func value(_ fields: RowFields, of kind: EventKind) throws(RowProblem) -> Double {
    guard kind == .rating else { return try fields.number("value", in: 0...1e9) ?? 0 }
    guard let rating = try fields.number("value", in: 1...5) else {
      throw RowProblem("a rating without a value")
    }
    return rating
  }

  /// Equal for equal rows, so that the same file imported twice makes no events twice.
  private static func contentID(of event: Event) -> String {
    var bytes = event.encoded()
    let first = hash(bytes, from: 0xCBF2_9CE4_8422_2325)
    bytes.reverse()
    let second = hash(bytes, from: first)
    return "i" + String(first, radix: 36) + String(second, radix: 36)
  }

  /// FNV-1a.
  private static func hash(_ bytes: [UInt8], from seed: UInt64) -> UInt64 {
    bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
