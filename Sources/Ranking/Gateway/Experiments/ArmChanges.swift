/// What an arm has otherwise than the gateway's settings; a control has nothing.
struct ArmChanges: Equatable, Sendable {
  /// Named as the settings are.
  enum Parameter: String, CaseIterable, Sendable {
    case explorationRate = "exploration_rate"
    case discoveryBonus = "discovery_bonus"
    case categoryRunMax = "category_run_max"
    case head
    case model
  }

  var explorationRate: Double?
  var discoveryBonus: Double?
  var categoryRunMax: Int?
  var head: HeadWeights?
  /// Names one.
  var model: ModelWish?

  /// In the order of their declaration.
  var parameters: [Parameter] { Parameter.allCases.filter { text($0) != nil } }

  /// It has no effect on a list that no model has scored.
  var needsModel: Bool { discoveryBonus != nil || head != nil || model != nil }

  func changed(_ policy: Policy) -> Policy {
    var policy = policy
    if let explorationRate { policy.explorationRate = explorationRate }
    if let discoveryBonus { policy.discoveryBonus = discoveryBonus }
    if let categoryRunMax { policy.categoryRunMax = categoryRunMax }
    return policy
  }

  private func text(_ parameter: Parameter) -> String? {
    switch parameter {
    case .explorationRate: explorationRate.map { "\($0)" }
    case .discoveryBonus: discoveryBonus.map { "\($0)" }
    case .categoryRunMax: categoryRunMax.map { "\($0)" }
    case .head: head.map { $0.terms.isEmpty ? "the first" : $0.description }
    case .model: model?.reference
    }
  }

  /// `exploration_rate 0.2, model browse/2`; empty where nothing is changed.
  var description: String {
    Parameter.allCases.compactMap { parameter in
      text(parameter).map { "\(parameter.rawValue) \($0)" }
    }.joined(separator: ", ")
  }
}
