import Messages
import Testing

@testable import Commands

struct ExplanationReportTests {
  private let console = Console(noColor: true)

  private var shown: ExplainedItem {
    var item = ExplainedItem()
    item.id = "r3"
    item.name = "Zuni"
    item.fate = .shown
    item.sources = 3
    item.retrievedRank = 12
    item.retrievedScore = 2.5
    item.features = [1.25, 3, .nan, 0.000_04]
    item.scores = [0.5, 0.25]
    item.scoredRank = 4
    item.score = 0.75
    item.position = 2
    item.distanceKilometres = 1.234
    var move = RuleMove()
    move.rule = "discovery_bonus"
    move.from = 4
    move.to = 2
    move.why = "never ordered by the user"
    item.moves = [move]
    return item
  }

  private func text(
    _ items: ExplainedItem..., arms: [Arm] = [], change: (inout Explanation) -> Void = { _ in }
  ) -> String {
    var response = RankResponse()
    response.candidates = 200
    response.model = "browse/1"
    var explanation = Explanation()
    explanation.scorer = "browse/1"
    explanation.features = ["distance_km", "price", "user_orders", "share"]
    explanation.heads = ["order", "click"]
    explanation.matched = 1_203
    var rule = Rule()
    rule.name = "cut"
    rule.fired = true
    rule.what = "5 of 200 are shown"
    explanation.rules = [rule]
    explanation.items = items
    explanation.arms = arms
    change(&explanation)
    return ExplanationReport(explanation, response).text(console)
  }

  @Test func `a shown item tells the whole way to its place`() {
    #expect(
      text(shown).split(separator: "\n").suffix(7).joined(separator: "\n")
        == """
        rule  fired  what
        cut   yes    5 of 200 are shown
        #2: Zuni (r3)
          retrieved  no. 12 of 200 candidates; 1203 fit · by place, history · first stage 2.500 · 1.23 km away
          scored     no. 4 by browse/1 · order 0.5000 click 0.2500 · ranked with 0.7500
          rule       discovery_bonus: 4 → 2, never ordered by the user
          features   distance_km 1.2500  price 3             user_orders -       share 0.0000
        """.split(separator: "\n").joined(separator: "\n"))
  }

  @Test func `many features stand in columns within a terminal's width`() {
    let names = (0..<40).map { "a_feature_of_the_item_\($0)" }
    var item = shown
    item.features = names.indices.map { Float($0) }
    let lines = text(item) { $0.features = names }.split(separator: "\n")
    #expect(lines.count > 10 && lines.allSatisfy { $0.count <= 118 })
    #expect(lines.last?.contains("a_feature_of_the_item_39 39") == true)
  }

  @Test(arguments: [
    (Fate.filtered, "filtered: Zuni (r3)"), (.notRetrieved, "not retrieved: Zuni (r3)"),
    (.rankedBelow, "ranked below: Zuni (r3)"), (.ruledOut, "ruled out: Zuni (r3)"),
  ])
  func `what is not shown says where it was lost, and why`(fate: Fate, verdict: String) {
    var item = shown
    item.fate = fate
    item.why = "the reason"
    #expect(text(item).contains("\(verdict)\n  why        the reason\n"))
  }

  @Test func `an item that nobody knows is that and nothing more`() {
    var item = ExplainedItem()
    item.id = "r17"
    item.fate = .unknown
    item.why = "the catalogue has no item r17"
    #expect(text(item).hasSuffix("\n\nunknown: r17\n  why        the catalogue has no item r17"))
  }

  @Test func `values whose names did not come are left out rather than misnamed`() {
    #expect(!text(shown) { $0.features = ["distance_km"] }.contains("features"))
    #expect(!text(shown) { $0.heads = [] }.contains("order 0.5"))
  }

  @Test func `arms are told with what they set`() {
    var arms = [Arm(), Arm()]
    (arms[0].experiment, arms[0].arm, arms[0].applied) = ("variety", "treatment", true)
    arms[0].changes = "category_run_max 1"
    (arms[1].experiment, arms[1].arm, arms[1].why) = ("model", "control", "no model scored")
    #expect(
      text(shown, arms: arms).contains(
        """

        experiment  arm        applied  sets
        variety     treatment  yes      category_run_max 1
        model       control    no       nothing

        """))
    #expect(!text(shown).contains("experiment"))
  }
}
