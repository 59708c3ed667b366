internal import RPC

/// Keeps one loop's plan that of the wish and of what the loop's replicas have loaded. Confined to
/// the loop.
final class RolloutWatch {
  private static let byReplicas: [Rollout.Reason] = [.model, .features, .replicas]

  private var file: ModelFile?
  private var wish: ModelWish
  private var rollout: Rollout
  /// Of the models that arms of experiments name.
  private var ofArms: [ModelWish: Rollout] = [:]
  private let inference: ReplicaSet
  private let features: ReplicaSet
  private let telling: RolloutTelling

  init(
    _ source: ModelSource, shareLeast: Double, inference: ReplicaSet, features: ReplicaSet,
    telling: RolloutTelling
  ) {
    switch source {
    case .fixed(let wish):
      self.wish = wish
      file = nil
    case .file(let path):
      wish = .anything
      file = ModelFile(path: path)
    }
    rollout = Rollout(shareLeast: shareLeast, wish: wish)
    self.inference = inference
    self.features = features
    self.telling = telling
  }

  /// For requests that begin now.
  var plan: RankingPlan { rollout.plan }

  /// The same, by a model that an arm names.
  func plan(for wish: ModelWish) -> ArmPlan {
    guard let rollout = ofArms[wish] else { return .waits("\(wish.reference) was not looked for") }
    if rollout.isGranted { return .ranks(rollout.plan) }
    return .waits(rollout.wait?.detail ?? "\(wish.reference) is not on enough replicas")
  }

  /// The models of all arms: those from before are decided anew only where they are new.
  func want(_ wishes: Set<ModelWish>) {
    for wish in ofArms.keys where !wishes.contains(wish) {
      ofArms[wish] = nil
      telling.tell(arm: wish, nil)
    }
    for wish in wishes where ofArms[wish] == nil {
      ofArms[wish] = Rollout(shareLeast: rollout.shareLeast, wish: wish)
    }
    resolve()
  }

  func start() {
    look()
    resolve()
    // The sets may outlive it, for as long as calls run.
    inference.onServed = { [weak self] in self?.resolve() }
    features.onServed = { [weak self] in self?.resolve() }
  }

  /// To be called a few times a second.
  func tick() { if look() { resolve() } }

  /// True when something else is wanted.
  @discardableResult
  private func look() -> Bool {
    switch file?.changed() {
    case nil: return false
    case .wish(let wish):
      telling.tell(.file, nil)
      defer { self.wish = wish }
      return wish != self.wish
    case .problem(let detail):
      telling.tell(.file, detail)
      return false
    }
  }

  private func resolve() {
    let loaded = LoadedModels(
      inference: inference.advertisements, features: features.advertisements)
    rollout.resolve(wish, loaded)
    telling.tell(rollout.plan)
    telling.tell(rollout.wait, among: Self.byReplicas)
    for wish in Array(ofArms.keys) {
      ofArms[wish]?.resolve(wish, loaded)
      telling.tell(arm: wish, ofArms[wish].flatMap { $0.isGranted ? nil : $0.wait?.detail })
    }
  }
}
