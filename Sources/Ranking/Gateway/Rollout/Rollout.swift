internal import Definitions
internal import RPC

/// Decides which version of a model requests are ranked with, and by that which feature set: the
/// one that is wanted, once enough replicas have loaded it and its features, and until then the one
/// that served before. Pure.
struct Rollout: Sendable {
  /// What keeps the version that is wanted from serving.
  enum Reason: String, CaseIterable, Sendable {
    /// The file that names it cannot be read.
    case file
    /// No replica of inference has it.
    case model
    /// No replica of features has the set that it was trained on.
    case features
    /// Too few replicas have both, for now.
    case replicas
    /// It does not score what the list is to be ordered by.
    case head
  }

  struct Wait: Equatable, Sendable {
    let reason: Reason
    /// Names what is missing, and what is there.
    let detail: String
  }

  /// Of the replicas that must have a version before it gets all requests.
  let shareLeast: Double
  private(set) var plan: RankingPlan
  private(set) var wait: Wait?
  /// Requests are ranked by what is wanted, or by another version of it where none was named.
  private(set) var isGranted = true
  private var serving: ServedModel?

  init(shareLeast: Double, wish: ModelWish) {
    self.shareLeast = shareLeast
    plan = RankingPlan(model: wish.reference)
  }

  /// To be called when a wish changes, and when replicas come, go, or load something else.
  mutating func resolve(_ wish: ModelWish, _ loaded: LoadedModels) {
    // With everybody gone for a moment, what served before is the best guess of what will.
    guard !loaded.isUnknown else {
      if serving == nil { plan = RankingPlan(model: wish.reference) }
      return
    }
    wait = nil
    isGranted = true
    let name = wish.name.isEmpty ? loaded.defaultName : wish.name
    guard let name, !loaded.isSilent else { return leaveToInference(wish) }
    let versions = loaded.versions(of: name)
    let wanted = versions.last { wish.version == nil || $0.version == wish.version }
    if let wanted, isEligible(wanted, loaded) { return serve(wanted, wish) }
    wait = Self.reason(wish, wanted, loaded)
    stay(wish, versions.filter { !$0.isShadow }, wanted, loaded)
  }

  /// What the replicas don't say, they have to decide.
  private mutating func leaveToInference(_ wish: ModelWish) {
    serving = nil
    plan = RankingPlan(model: wish.reference)
  }

  private func isEligible(_ model: ServedModel, _ loaded: LoadedModels) -> Bool {
    let share = loaded.share(model)
    return share > 0 && (share >= shareLeast || model == serving)
  }

  private mutating func serve(_ model: ServedModel, _ wish: ModelWish) {
    serving = model
    // Where nobody knows what it was trained on, inference chooses by what the rows are like.
    guard model.schema != 0 || wish.version != nil || model.isShadow else {
      plan = RankingPlan(model: model.name)
      return
    }
    plan = RankingPlan(
      model: model.reference, modelTag: ServedTag(model.tag),
      featuresTag: model.schema == 0 ? nil : ServedTag(ServedFeatures(schema: model.schema).tag),
      schema: model.schema)
  }

  /// The old version keeps serving, or else the best there is.
  private mutating func stay(
    _ wish: ModelWish, _ versions: [ServedModel], _ wanted: ServedModel?, _ loaded: LoadedModels
  ) {
    let old = serving.flatMap { loaded.share($0) > 0 ? $0 : nil }
    let best = versions.last { isEligible($0, loaded) }
    let likeliest = versions.filter { loaded.share($0) > 0 }
      .max { loaded.share($0) < loaded.share($1) }
    let choice = wish.version == nil ? best ?? old : old ?? best
    isGranted = wish.version == nil && choice != nil
    if let choice = choice ?? likeliest { return serve(choice, wish) }
    // Nothing fits: inference's own error tells best why.
    serving = nil
    plan = RankingPlan(model: wish.reference, schema: wanted?.schema ?? 0)
  }

  private static func reason(
    _ wish: ModelWish, _ wanted: ServedModel?, _ loaded: LoadedModels
  ) -> Wait {
    guard let wanted, loaded.inferenceShare(wanted) > 0 else {
      return Wait(
        reason: .model,
        detail: "no replica of inference has \(wish.reference); there are \(loaded.modelList)")
    }
    guard loaded.featuresShare(wanted) > 0 else {
      return Wait(
        reason: .features,
        detail: "\(wanted.reference) was trained on "
          + "\(ServedFeatures(schema: wanted.schema).tag), which no replica of features has; "
          + "there are \(loaded.featureList)")
    }
    return Wait(
      reason: .replicas, detail: "\(wanted.reference) and its features are not on enough replicas")
  }
}
