import Messages
import RPC
import Testing

@testable import Commands

/// What people see of an answer: the list and the waterfall.
struct RankReportTests {
  private let console = Console(noColor: true)

  private var response: RankResponse {
    var item = RankedItem()
    item.name = "Zuni"
    item.category = "Californian"
    item.distanceKilometres = 1.234
    item.price = 3
    item.rating = 4.45
    item.score = 0.98765
    var unknown = RankedItem()
    unknown.name = "New"
    unknown.rating = -1
    unknown.price = 9
    unknown.explored = true
    var response = RankResponse()
    response.items = [item, unknown]
    response.candidates = 200
    response.model = "browse/1"
    response.replica = "gateway-1"
    response.requestID = "r1"
    response.elapsedMicroseconds = 4_000
    response.rulesMicroseconds = 1_000
    response.hops = [
      hop("brigade.v1.Retrieval/Search", "retrieval-2", start: 0, elapsed: 1_000),
      hop("brigade.v1.Inference/Score", "", start: 2_000, elapsed: 1_000, rung: .lightModel),
    ]
    return response
  }

  private func hop(
    _ method: String, _ replica: String, start: UInt64, elapsed: UInt64, rung: Rung = .primary
  ) -> Hop {
    var hop = Hop()
    hop.method = method
    hop.replica = replica
    hop.rung = rung
    hop.why = rung == .primary ? "" : "no replica is connected"
    hop.startMicroseconds = start
    hop.elapsedMicroseconds = elapsed
    return hop
  }

  @Test func `each item is a row, unknowns are shown as such`() {
    let lines = RankReport(response).text(console).split(separator: "\n").map(String.init)
    #expect(lines[1].hasPrefix("1  Zuni  Californian  1.23  $$$"))
    #expect(lines[1].contains("4.5") && lines[1].contains("0.988"))
    #expect(lines[2].contains("$$$$") && !lines[2].contains("$$$$$"))
    #expect(lines[2].contains(" - ") && lines[2].hasSuffix("explored"))
  }

  @Test func `the summary names the model, the time and every rung with its reason`() {
    let text = RankReport(response).text(console)
    #expect(
      text.contains("2 of 200 candidates · model browse/1 · 4.0 ms in gateway-1 · request r1"))
    #expect(text.contains("brigade.v1.Inference/Score: light model — no replica is connected"))
    #expect(!text.contains("Retrieval/Search:"))
    #expect(!text.contains("degraded"))
    var degraded = response
    degraded.degraded = true
    degraded.model = ""
    let other = RankReport(degraded).text(console)
    #expect(other.contains("degraded · 2 of 200"))
    #expect(other.contains("no model"))
  }

  @Test func `a list without items is still told about`() {
    #expect(RankReport(RankResponse()).text(console).contains("0 of 0 candidates"))
  }

  @Test func `bars stand where their hop's time was`() throws {
    let lines = Waterfall(response).text(console).split(separator: "\n").map(String.init)
    let first = try #require(lines.first { $0.hasPrefix("Retrieval/Search") })
    #expect(first.contains("retrieval-2"))
    #expect(first.filter { $0 == "█" }.count == 11)
    let second = try #require(lines.first { $0.hasPrefix("Inference/Score") })
    #expect(second.contains("(light model)"))
    #expect(second.hasSuffix(String(repeating: " ", count: 22) + String(repeating: "█", count: 11)))
    #expect(lines.contains { $0.hasPrefix("rules") && $0.contains("3.0") })
    #expect(try #require(lines.last).hasPrefix("answer"))
  }

  @Test func `attempts are listed where there were several`() {
    var response = response
    for (replica, code) in [("inference-1", Code.deadlineExceeded), ("inference-2", .ok)] {
      var attempt = Attempt()
      attempt.replica = replica
      attempt.code = code.rawValue
      response.hops[1].attempts.append(attempt)
    }
    let text = Waterfall(response).text(console)
    #expect(text.contains("  attempt 1       inference-1"))
    #expect(text.contains("DEADLINE_EXCEEDED"))
    #expect(text.contains("attempt 2"))
  }

  @Test func `numbers of an odd server draw something`() {
    var response = response
    response.hops[0].startMicroseconds = .max
    response.hops[0].elapsedMicroseconds = .max
    response.rulesMicroseconds = .max
    #expect(Waterfall(response).text(console).contains("█"))
    response.elapsedMicroseconds = 0
    #expect(Waterfall(response).text(console).contains("█"))
    response.elapsedMicroseconds = .max
    #expect(Waterfall(response).text(console).contains("█"))
  }

  @Test func `arms are told where there are any`() {
    #expect(!RankReport(response).summary(console).contains("experiments"))
    var response = response
    response.hops = []
    response.arms = (0..<3).map { _ in Arm() }
    for (index, name) in ["variety", "model", "head"].enumerated() {
      (response.arms[index].experiment, response.arms[index].arm) = (name, "treatment")
      response.arms[index].applied = index != 1
    }
    response.arms[1].why = "browse/1 scored instead"
    response.arms[2].forced = true
    #expect(
      RankReport(response).summary(console).hasSuffix(
        """
         · request r1
        experiments: variety=treatment · model=treatment (not applied: browse/1 scored instead) \
        · head=treatment (forced)
        """))
  }
}
