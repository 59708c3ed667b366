import JSON
import Messages
import RPC
import TestSupport
import Testing

@testable import HTTP

/// Answers are printed from memory at the edge; other tools print them from their bytes. Both say the
/// same.
struct AnswerJSONTests {
  private let arena = Arena()

  private func expectSame<M: Message>(_ message: M, seed: UInt64 = 0) throws {
    let schema = MessageSchema(types: [MessageType(M.descriptor)])
    let printer = MessageJSON(schema)
    let expected = try schema.decode(message.encoded(), as: M.messageName)
    // Twice: the second time, its shape is known.
    for _ in 0..<2 {
      let text = String(decoding: printer.print(arena.protobuf(message)), as: UTF8.self)
      arena.reset()
      #expect(text == expected, "seed \(seed)")
    }
  }

  private func text(_ random: inout SeededGenerator) -> String {
    let pieces = [
      "", "a", "é", "\"", "\\", "\n", "\u{1}", "\u{1F}", "\u{7F}", "Ж", "🍜", "/", "\t\r\u{8}\u{C}",
    ]
    return (0..<Int.random(in: 0...4, using: &random))
      .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private func number(_ random: inout SeededGenerator) -> Double {
    [
      0, 1, -2, 0.1, 1e300, -1e-300, .nan, .infinity, -.infinity, 123_456_789, 1e16,
      Double.random(in: -1...1, using: &random),
    ].randomElement(using: &random) ?? 0
  }

  private func ranking(_ random: inout SeededGenerator) -> RankResponse {
    var response = RankResponse()
    response.requestID = text(&random)
    response.nowMilliseconds = [0, -1, .max, .min, 1_759_542_300_000].randomElement(using: &random)!
    response.degraded = Bool.random(using: &random)
    response.elapsedMicroseconds = [0, 7, .max].randomElement(using: &random)!
    response.candidates = [0, 200, .max].randomElement(using: &random)!
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      var item = RankedItem()
      item.id = text(&random)
      item.name = text(&random)
      item.score = number(&random)
      item.distanceKilometres = number(&random)
      item.price = UInt32.random(in: 0...4, using: &random)
      item.explored = Bool.random(using: &random)
      response.items.append(item)
    }
    for rung in [Rung.primary, .skipped] {
      var hop = Hop()
      hop.method = text(&random)
      hop.rung = rung
      var attempt = Attempt()
      attempt.code = UInt32.random(in: 0...16, using: &random)
      hop.attempts = Array(repeating: attempt, count: Int.random(in: 0...2, using: &random))
      response.hops.append(hop)
    }
    return response
  }

  @Test func `a ranking is the same from memory and from bytes`() throws {
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      try expectSame(ranking(&random), seed: seed)
    }
  }

  @Test func `events with and without a place are the same`() throws {
    var request = AppendRequest()
    for kind in EventKind.allCases {
      var event = Event()
      event.kind = kind
      event.id = "e"
      if kind == .order { event.place = Place() }
      request.events.append(event)
    }
    try expectSame(request)
    try expectSame(AppendResponse())
  }

  @Test func `lists of scalars, floats, bytes and one of several are the same`() throws {
    var head = RequestHead()
    head.traceID = [0, 1, 255, 254]
    head.budgetMicroseconds = .max
    var metadata = Metadata()
    metadata.name = "n"
    head.metadata = [metadata, metadata]
    try expectSame(head)
    var hello = Hello()
    hello.kinds = [0, 1, .max]
    try expectSame(hello)
    var close = Close()
    close.code = .timeout
    try expectSame(close)
    var zone = Zone()
    zone.name = "UTC"
    zone.fromUtcSeconds = [0, -1]
    zone.offsetSeconds = [3_600, -3_600]
    for record in [CatalogueRecord.zone(zone), .item(Item()), .user(User())] {
      try expectSame(record)
    }
    var filters = Filters()
    filters.prices = [1, 2]
    filters.categories = ["Thai", ""]
    filters.includeClosed = true
    try expectSame(filters)
    var score = ScoreResponse()
    score.scores = [0, 0.1, -1.5, .nan]
    try expectSame(score)
  }
}
