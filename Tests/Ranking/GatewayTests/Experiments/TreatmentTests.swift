import Messages
import Testing

@testable import Gateway

@Suite struct TreatmentTests {
  private let own = RankingPlan(model: "taste/3")

  private func choice(
    _ experiment: String, forced: Bool = false, _ changes: ArmChanges = ArmChanges()
  ) -> ArmChoice {
    ArmChoice(
      experiment: experiment, arm: .init(name: "treatment", weight: 1, changes: changes),
      isForced: forced)
  }

  private func treatment(
    _ arms: [ArmChoice], ranked: (ModelWish) -> ArmPlan = { .ranks(.init(model: $0.reference)) }
  ) -> Treatment {
    Treatment(arms, policy: Policy(), head: .first, plan: own, ranked: ranked)
  }

  @Test func `without arms it is the gateway's own settings`() {
    let treatment = treatment([])
    #expect(treatment.policy == Policy() && treatment.head == .first && treatment.plan == own)
    #expect(treatment.ownPlan == nil && !treatment.isHeadOfArm)
    #expect(treatment.told(model: "taste/3", missingHead: nil).isEmpty)
  }

  @Test func `arms of several layers add up`() {
    let treatment = treatment([
      choice("variety", ArmChanges(categoryRunMax: 1)),
      choice("head", ArmChanges(head: HeadWeights("order"))),
      choice("model", ArmChanges(model: ModelWish("taste/4"))),
    ])
    #expect(treatment.policy == Policy(categoryRunMax: 1))
    #expect(treatment.head == HeadWeights("order") && treatment.isHeadOfArm)
    #expect(treatment.plan.model == "taste/4" && treatment.ownPlan == own)
    let told = treatment.told(model: "taste/4", missingHead: nil)
    #expect(told.map(\.experiment) == ["variety", "head", "model"])
    #expect(told.allSatisfy { $0.applied && $0.why.isEmpty && $0.changes.isEmpty && !$0.forced })
  }

  @Test func `while a model waits the gateway's own ranks, and the reason is told`() {
    let treatment = treatment([choice("model", ArmChanges(model: ModelWish("taste/4")))]) { _ in
      .waits("no replica of inference has taste/4")
    }
    #expect(treatment.plan == own && treatment.ownPlan == nil)
    let told = treatment.told(model: "taste/3", missingHead: nil)
    #expect(!told[0].applied && told[0].why == "no replica of inference has taste/4")
    let explained = treatment.explained(told)[0]
    #expect(explained.changes == "model taste/4" && explained.why == told[0].why)
  }

  @Test(
    arguments: [
      (ArmChanges(model: ModelWish("taste/4")), "taste/3", nil, "taste/3 scored instead"),
      (ArmChanges(model: ModelWish("taste")), "taste/3", nil, ""),
      (ArmChanges(model: ModelWish("taste")), "tasteful/3", nil, "tasteful/3 scored instead"),
      (ArmChanges(model: ModelWish("taste")), "", nil, "no model scored"),
      (ArmChanges(discoveryBonus: 1), "", nil, "no model scored"),
      (ArmChanges(explorationRate: 1), "", nil, ""),
      (ArmChanges(head: .first), "taste/3", "order", "taste/3 has no head named order"),
      (ArmChanges(categoryRunMax: 1), "taste/3", "order", ""),
    ] as [(ArmChanges, String, String?, String)])
  func `what had no effect says why`(
    changes: ArmChanges, model: String, missingHead: String?, why: String
  ) {
    let told = treatment([choice("a", forced: true, changes)])
      .told(model: model, missingHead: missingHead)[0]
    #expect(told.why == why && told.applied == why.isEmpty && told.forced)
  }
}
