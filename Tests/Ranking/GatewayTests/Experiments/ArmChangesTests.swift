import Testing

@testable import Gateway

@Suite struct ArmChangesTests {
  @Test func `a control changes nothing`() {
    let policy = Policy(explorationRate: 0.3, discoveryBonus: 1, categoryRunMax: 4)
    #expect(ArmChanges().changed(policy) == policy)
    #expect(ArmChanges().parameters.isEmpty && !ArmChanges().needsModel)
    #expect(ArmChanges().description.isEmpty)
  }

  @Test func `each parameter is changed, told and named as its setting is`() throws {
    var changes = ArmChanges()
    changes.explorationRate = 0.25
    #expect(!changes.needsModel)
    changes.discoveryBonus = -1
    changes.categoryRunMax = 2
    changes.head = HeadWeights("click=0.5,order=1")
    changes.model = ModelWish("taste/4")
    #expect(
      changes.changed(Policy())
        == Policy(explorationRate: 0.25, discoveryBonus: -1, categoryRunMax: 2))
    #expect(
      changes.description == "exploration_rate 0.25, discovery_bonus -1.0, category_run_max 2, "
        + "head click=0.5,order=1.0, model taste/4")
    #expect(changes.parameters == ArmChanges.Parameter.allCases && changes.needsModel)
  }

  @Test func `an effect by the model's scores needs a model`() {
    for change in [
      ArmChanges(discoveryBonus: 1), ArmChanges(head: .first), ArmChanges(model: .anything),
    ] {
      #expect(change.needsModel)
    }
    #expect(ArmChanges(head: .first).description == "head the first")
  }
}
