import Definitions
import JSON
import Messages
import Testing

@testable import Commands

struct EvaluationTallyTests {
  private static let place = Coordinate(latitude: 40, longitude: -74)

  private func catalogue() throws -> Catalogue {
    try Catalogue(
      records: (0..<20).map { index in
        var item = Item()
        item.id = "v\(index)"
        item.place = Self.place.moved(eastKilometres: Double(index), northKilometres: 0).place
        return .item(item)
      })
  }

  private func visit(
    _ item: Int, in catalogue: Catalogue, served: [(item: Int, sources: UInt32)],
    isFirst: Bool = false, isDegraded: Bool = false
  ) -> RankedVisit {
    var event = Event()
    event.kind = .order
    event.userID = "u"
    event.itemID = "v\(item)"
    event.timeMilliseconds = 1_500_000_000_000
    var response = RankResponse()
    response.degraded = isDegraded
    response.items = served.enumerated().map { index, served in
      var item = RankedItem()
      item.id = "v\(served.item)"
      item.score = Double(-index)
      item.sources = served.sources
      return item
    }
    return RankedVisit(
      event, at: Self.place, isFirst: isFirst, response, catalogue: catalogue)
  }

  private func tally(_ visits: (Catalogue) -> [RankedVisit]) throws -> EvaluationTally {
    let catalogue = try catalogue()
    var tally = EvaluationTally(catalogue, seed: 1)
    let known = VisitHeuristics(catalogue)
    for visit in visits(catalogue) { tally.add(visit, known) }
    return tally
  }

  @Test func `heuristics rank the candidates that were served, and no others`() throws {
    let tally = try tally { catalogue in
      [visit(7, in: catalogue, served: [(12, 1), (9, 1), (7, 1)])]
    }
    #expect(tally.served.all.accuracyAt1 == 0)
    #expect(tally.served.all.ndcgAt10 == 0.5)
    #expect(tally.heuristics[.nearest]?.all.accuracyAt1 == 1)
    #expect(tally.heuristics.count == Heuristic.allCases.count)
  }

  @Test func `first visits are counted on their own as well`() throws {
    let tally = try tally { catalogue in
      [
        visit(1, in: catalogue, served: [(1, 1), (2, 1)]),
        visit(2, in: catalogue, served: [(1, 1)], isFirst: true),
      ]
    }
    #expect(tally.served.all.visits == 2)
    #expect(tally.served.all.recall == 0.5)
    #expect(tally.served.first.visits == 1)
    #expect(tally.served.first.recall == 0)
    #expect(tally.heuristics[.popularity]?.first.visits == 1)
  }

  @Test func `a source is credited with what it proposed, alone or not`() throws {
    let tally = try tally { catalogue in
      [
        visit(1, in: catalogue, served: [(1, 3), (2, 1)]),
        visit(2, in: catalogue, served: [(1, 1), (2, 2)], isFirst: true),
        visit(3, in: catalogue, served: [(1, 1)]),
      ]
    }
    #expect(
      tally.sources[0] == EvaluationTally.Source(found: 1, alone: 0, foundFirst: 0, candidates: 4))
    #expect(
      tally.sources[1] == EvaluationTally.Source(found: 2, alone: 1, foundFirst: 1, candidates: 2))
    #expect(tally.sources[2] == nil)
  }

  @Test func `coverage is the share of the catalogue in the first ten of some list`() throws {
    let tally = try tally { catalogue in
      [
        visit(0, in: catalogue, served: (0..<15).map { ($0, 1) }),
        visit(0, in: catalogue, served: [(0, 1), (19, 1)], isDegraded: true),
      ]
    }
    #expect(tally.coverage == 11.0 / 20)
    #expect(tally.degraded == 1)
    #expect(tally.candidates == 17)
  }

  @Test func `the report has a line for each ranking, source and subset, and its JSON the same`()
    throws
  {
    let tally = try tally { catalogue in
      [visit(1, in: catalogue, served: [(1, 3), (2, 5)], isFirst: true)]
    }
    var lag = LagSummary()
    lag.add(microseconds: 1_500)
    let report = EvaluationReport(
      mode: .live, tally: tally, sourceNames: ["place", "history"], model: "browse/1", lag: lag)
    let lines = report.text.split(separator: "\n").map(String.init)
    for name in Heuristic.allCases.map(\.rawValue) + ["model browse/1"] {
      #expect(lines.count { $0.drop { $0 == " " }.hasPrefix(name) } == 2, "\(name)")
    }
    #expect(lines.contains { $0.hasPrefix("source 2 ") })
    #expect(
      lines.last
        == "from acknowledged to visible on every replica: p50 1.5 ms, p99 1.5 ms, most 1.5 ms")
    var writer = JSONWriter()
    report.write(to: &writer)
    let json = try JSONValue(parsing: Array(writer.string.utf8))
    #expect(json["rankings"]?.array?.count == 5)
    #expect(json["rankings"]?.array?.last?["all"]?["ndcg@10"]?.double == 1)
    #expect(json["rankings"]?.array?.last?["first_visits"]?["visits"]?.int64 == 1)
    #expect(json["sources"]?.array?.first?["source"]?.string == "place")
    #expect(json["lag_ms"]?["max"]?.double == 1.5)
  }
}
