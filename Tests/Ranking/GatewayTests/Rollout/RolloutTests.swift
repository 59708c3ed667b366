import Definitions
import RPC
import Testing

@testable import Gateway

/// Which version serves as replicas load and drop versions and feature sets.
@Suite struct RolloutTests {
  private let f1: UInt64 = 0xf1
  private let f2: UInt64 = 0xf2

  private func model(_ version: String, _ schema: UInt64, isShadow: Bool = false) -> String {
    ServedModel(name: "browse", version: version, schema: schema, isShadow: isShadow).tag
  }

  private func loaded(
    _ inference: [[String]?], _ features: [UInt64?]
  ) -> LoadedModels {
    LoadedModels(
      inference: inference.map { $0.flatMap { ServedTags($0 + ["default:browse"]) } },
      features: features.map { $0.flatMap { ServedTags([ServedFeatures(schema: $0).tag]) } })
  }

  private func wish(_ text: String) -> ModelWish { ModelWish(text)! }

  private func rollout(_ text: String = "", _ loaded: LoadedModels) -> Rollout {
    var rollout = Rollout(shareLeast: 0.5, wish: wish(text))
    rollout.resolve(wish(text), loaded)
    return rollout
  }

  @Test func `a version and its feature set are asked for together`() {
    let rollout = rollout("browse", loaded([[model("1", f1)]], [f1]))
    #expect(rollout.plan.model == "browse/1" && rollout.plan.schema == f1)
    #expect(rollout.plan.modelTag == ServedTag("model:browse/1 features:f1"))
    #expect(rollout.plan.featuresTag == ServedTag("features:f1"))
    #expect(rollout.wait == nil)
  }

  /// Feature set, then model, then pin.
  @Test func `in the right order each step changes nothing until the next can be taken`() {
    let one = model("1", f1)
    let two = model("2", f2)
    var rollout = rollout("browse/1", loaded([[one], [one]], [f1, f1]))
    func step(_ text: String, _ inference: [[String]], _ features: [UInt64]) -> String {
      rollout.resolve(wish(text), loaded(inference, features))
      return "\(rollout.plan.model) \(rollout.plan.featuresTag?.text ?? "") "
        + "\(rollout.wait?.reason.rawValue ?? "")"
    }
    // A second set of replicas has the new features.
    #expect(
      step("browse/1", [[one], [one]], [f1, f1, f2, f2]) == "browse/1 features:f1 ")
    #expect(
      step("browse/1", [[one, two], [one]], [f1, f1, f2, f2]) == "browse/1 features:f1 ")
    #expect(
      step("browse/1", [[one, two], [one, two]], [f1, f1, f2, f2]) == "browse/1 features:f1 ")
    #expect(
      step("browse/2", [[one, two], [one, two]], [f1, f1, f2, f2]) == "browse/2 features:f2 ")
    #expect(step("browse/2", [[two], [two]], [f2, f2]) == "browse/2 features:f2 ")
  }

  @Test func `a model before its features waits, and the old version serves`() throws {
    for text in ["", "browse", "browse/2"] {
      var rollout = rollout(
        "", loaded([[model("1", f1)], [model("1", f1)]], [f1, f1]))
      rollout.resolve(
        wish(text), loaded(Array(repeating: [model("1", f1), model("2", f2)], count: 2), [f1, f1]))
      #expect(rollout.plan.model == "browse/1", "\(text)")
      let wait = try #require(rollout.wait)
      #expect(wait.reason == .features)
      #expect(
        wait.detail == "browse/2 was trained on features:f2, which no replica of features has; "
          + "there are features:f1")
      rollout.resolve(
        wish(text), loaded(Array(repeating: [model("1", f1), model("2", f2)], count: 2), [f1, f2]))
      #expect(rollout.plan.model == "browse/2" && rollout.wait == nil)
    }
  }

  @Test func `a pin before any replica has it waits, and the old version serves`() throws {
    var rollout = rollout("browse/1", loaded([[model("1", f1)], [model("1", f1)]], [f1]))
    rollout.resolve(wish("browse/9"), loaded([[model("1", f1)], [model("1", f1)]], [f1]))
    #expect(rollout.plan.model == "browse/1" && rollout.plan.modelTag != nil)
    let wait = try #require(rollout.wait)
    #expect(wait.reason == .model)
    #expect(wait.detail == "no replica of inference has browse/9; there are browse/1")
    // One of three is too few to get everything.
    let some = [model("1", f1)]
    rollout.resolve(wish("browse/9"), loaded([some + [model("9", f1)], some, some], [f1]))
    #expect(rollout.plan.model == "browse/1" && rollout.wait?.reason == .replicas)
    rollout.resolve(
      wish("browse/9"), loaded([some + [model("9", f1)], some + [model("9", f1)], some], [f1]))
    #expect(rollout.plan.model == "browse/9" && rollout.wait == nil)
    // Once it serves, the loss of replicas does not bring the old one back.
    rollout.resolve(wish("browse/9"), loaded([some + [model("9", f1)], some, some], [f1]))
    #expect(rollout.plan.model == "browse/9" && rollout.wait == nil)
  }

  @Test func `a gateway that starts with a wrong pin takes the highest that can serve`() {
    let all = [model("1", f1), model("2", f1), model("3", f2)]
    let rollout = rollout("browse/9", loaded([all, all], [f1]))
    #expect(rollout.plan.model == "browse/2" && rollout.wait?.reason == .model)
  }

  @Test func `without a pin the highest serves, and not a shadow`() {
    let all = [model("9", f1), model("10", f1), model("11", f1, isShadow: true)]
    #expect(rollout("", loaded([all], [f1])).plan.model == "browse/10")
    #expect(
      rollout("browse/11", loaded([all], [f1])).plan.modelTag?.text.hasPrefix("shadow") == true)
  }

  @Test func `a version that waits does not hold up one that need not`() {
    let one = [model("1", f1)]
    var rollout = rollout("", loaded([one], [f1]))
    rollout.resolve(wish(""), loaded([one + [model("2", f1), model("3", f2)]], [f1]))
    #expect(rollout.plan.model == "browse/2" && rollout.wait?.reason == .features)
  }

  @Test func `what is taken away is left for what is there`() {
    var rollout = rollout("", loaded([[model("1", f1), model("2", f1)]], [f1]))
    #expect(rollout.plan.model == "browse/2")
    rollout.resolve(wish(""), loaded([[model("1", f1)]], [f1]))
    #expect(rollout.plan.model == "browse/1" && rollout.wait == nil)
  }

  @Test func `with nobody connected the plan stays`() {
    var rollout = rollout("", loaded([[model("1", f1)]], [f1]))
    let before = rollout.plan
    rollout.resolve(wish(""), loaded([], []))
    #expect(rollout.plan == before)
    rollout.resolve(wish(""), loaded([[model("1", f1)]], []))
    #expect(rollout.plan == before && rollout.wait == nil)
    #expect(self.rollout("taste", loaded([], [f1])).plan == RankingPlan(model: "taste"))
  }

  @Test func `replicas that say nothing are asked as ever`() {
    for text in ["", "browse", "browse/7"] {
      let rollout = rollout(text, loaded([nil, nil], [nil]))
      #expect(rollout.plan == RankingPlan(model: text) && rollout.wait == nil)
    }
    // Beside others they count as having everything.
    let mixed = rollout("browse/2", loaded([nil, [model("2", f2)]], [nil, f1]))
    #expect(mixed.plan.model == "browse/2" && mixed.wait == nil)
  }

  @Test func `without a card inference chooses by the rows, and a pin still counts`() {
    let all = [model("1", 0), model("2", 0)]
    #expect(rollout("", loaded([all], [f1])).plan == RankingPlan(model: "browse"))
    let pinned = rollout("browse/1", loaded([all], [f1])).plan
    #expect(pinned.modelTag == ServedTag("model:browse/1") && pinned.featuresTag == nil)
    var waiting = rollout("browse", loaded([all], [f1]))
    waiting.resolve(wish("browse/3"), loaded([all, all + [model("3", 0)], all], [f1]))
    // By the name alone, the one that has it would use it.
    #expect(waiting.plan.model == "browse/2" && waiting.wait?.reason == .replicas)
  }

  @Test func `several models without a default are inference's to choose from`() {
    let tags = [["model:a/1", "model:b/1"], ["model:a/1"]].map { ServedTags($0) }
    var rollout = Rollout(shareLeast: 0.5, wish: .anything)
    rollout.resolve(.anything, LoadedModels(inference: tags, features: []))
    #expect(rollout.plan == RankingPlan(model: ""))
    rollout.resolve(wish("c"), LoadedModels(inference: tags, features: []))
    #expect(rollout.plan.model == "c" && rollout.wait?.reason == .model)
  }

  @Test func `where nothing fits inference is asked, and says what differs`() {
    let rollout = rollout("", loaded([[model("2", f2)]], [f1]))
    #expect(rollout.plan.modelTag == nil && rollout.plan.differs(from: f1))
    #expect(rollout.wait?.reason == .features)
  }

  @Test func `what is wanted is granted where it, or any version where none is named, ranks`() {
    let both = [model("1", f1), model("2", f2)]
    #expect(rollout("browse/2", loaded([both], [f2])).isGranted)
    #expect(!rollout("browse/2", loaded([both], [f1])).isGranted)
    #expect(!rollout("browse/3", loaded([both], [f1])).isGranted)
    #expect(!rollout("other", loaded([both], [f1])).isGranted)
    // The first serves until the second's features are there.
    #expect(rollout("browse", loaded([both], [f1])).isGranted)
    // Nobody says what there is: inference decides.
    #expect(rollout("browse/3", loaded([nil], [nil])).isGranted)
  }
}
