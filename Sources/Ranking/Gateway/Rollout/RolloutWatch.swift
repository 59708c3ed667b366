internal import RPC

/// Keeps one loop's plan that of the wish and of what the loop's replicas have loaded. Confined to
/// the loop.
final class RolloutWatch {
  private static let byReplicas: [Rollout.Reason] = [.model, .features, .replicas]

  private var file: ModelFile?
  private var wish: ModelWish
  private var rollout: Rollout
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
  }
}
