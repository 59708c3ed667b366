internal import Messages

/// What one request is ranked with: the gateway's own settings, changed by the arms that it has.
struct Treatment: Sendable {
  let arms: [ArmChoice]
  private(set) var policy: Policy
  private(set) var head: HeadWeights
  private(set) var plan: RankingPlan
  /// Of the gateway, for when the arm's model cannot score after all; nil where no arm has chosen one.
  private(set) var ownPlan: RankingPlan?
  /// What an arm's model waits for; nil where it ranks.
  private(set) var wait: String?
  private(set) var isHeadOfArm = false

  /// - Parameter ranked: what the replicas can do by an arm's model.
  init(
    _ arms: [ArmChoice], policy: Policy, head: HeadWeights, plan: RankingPlan,
    ranked: (ModelWish) -> ArmPlan
  ) {
    self.arms = arms
    self.policy = policy
    self.head = head
    self.plan = plan
    for choice in arms {
      let changes = choice.arm.changes
      self.policy = changes.changed(self.policy)
      if let head = changes.head {
        self.head = head
        isHeadOfArm = true
      }
      switch changes.model.map(ranked) {
      case nil: break
      case .ranks(let armPlan):
        ownPlan = plan
        self.plan = armPlan
      case .waits(let why): wait = why
      }
    }
  }

  /// As the answer tells them.
  /// - Parameters:
  ///   - model: that scored; empty where none did.
  ///   - missingHead: that the model does not have.
  func told(model: String, missingHead: String?) -> [Arm] {
    arms.map { choice in
      var arm = Arm()
      arm.experiment = choice.experiment
      arm.arm = choice.arm.name
      arm.forced = choice.isForced
      arm.why = lack(choice.arm.changes, model, missingHead) ?? ""
      arm.applied = arm.why.isEmpty
      return arm
    }
  }

  /// With what each changes.
  /// - Parameter told: all of them, as the answer has them.
  func explained(_ told: [Arm]) -> [Arm] {
    zip(told, arms).map { arm, choice in
      var arm = arm
      arm.changes = choice.arm.changes.description
      return arm
    }
  }

  /// Why an arm had not its whole effect.
  private func lack(_ changes: ArmChanges, _ model: String, _ missingHead: String?) -> String? {
    if let wish = changes.model {
      if let wait { return wait }
      if !model.isEmpty, !wish.isMet(by: model) { return "\(model) scored instead" }
    }
    if changes.needsModel, model.isEmpty { return "no model scored" }
    if changes.head != nil, let missingHead { return "\(model) has no head named \(missingHead)" }
    return nil
  }
}

/// Whether requests can be ranked by the model that an arm names.
enum ArmPlan: Equatable, Sendable {
  case ranks(RankingPlan)
  /// Not yet; names what is missing.
  case waits(String)
}
