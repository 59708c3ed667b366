internal import HTTP
package import Node
internal import RPC

/// The settings of `brigade-gateway` besides those of every node.
package struct GatewayConfiguration: Configuration {
  let budgetMilliseconds: Int
  let hops: [HopKind: HopBudget]
  let replicas: [HopKind: ReplicaSource]
  let model: ModelSource
  let rolloutShareLeast: Double
  let head: HeadWeights
  let candidates: Int
  let radiusKilometres: Double
  let popular: String
  let spool: String
  let spoolBytesMax: Int
  let lightModel: LightModel?
  let policy: Policy
  let experiments: ExperimentSource
  let edge: ConnectEdge?
  let routing: RoutingSettings
  let tracing: TracingSettings

  package init(reading settings: inout Settings) {
    budgetMilliseconds = settings.integer(
      "budget_ms", default: 200, in: 5...60_000, unit: "milliseconds",
      "time for a request; one that brings less gets less at each hop")
    let retrieval = Self.hop(
      "retrieval", "the candidates' service", &settings,
      HopBudget(milliseconds: 60, attemptMilliseconds: 25))
    let (features, user) = settings.section("features", "the feature service") { settings in
      (
        Self.hop(&settings, HopBudget(milliseconds: 45, attemptMilliseconds: 18)),
        settings.integer(
          "user_budget_ms", default: 20, in: 1...60_000, unit: "milliseconds",
          "for the user's own features; ranking goes on without them")
      )
    }
    let inference = Self.hop(
      "inference", "the model servers", &settings,
      HopBudget(milliseconds: 80, attemptMilliseconds: 35))
    hops = [
      .user: HopBudget(milliseconds: user, attemptMilliseconds: max(1, user / 2)),
      .retrieval: retrieval.budget, .features: features.budget, .inference: inference.budget,
    ]
    replicas = [
      .retrieval: retrieval.replicas, .features: features.replicas,
      .inference: inference.replicas,
    ]
    routing = settings.routing()
    model = settings.value(
      "model", default: ModelSource.fixed(.anything), shown: \.description,
      placeholder: "NAME|NAME/VERSION|file:PATH",
      "to score with: the highest version that replicas can serve, or this one; "
        + "empty for inference's default; a file has one of these in a line and is watched"
    ) { text throws(SettingProblem) in
      guard let source = ModelSource(text) else {
        throw SettingProblem("\"\(text)\" is neither a name, name/version nor file:PATH")
      }
      return source
    }
    rolloutShareLeast = settings.section("rollout", "of a new model or feature set") {
      $0.number(
        "share_least", default: 0.5, in: 0...1,
        "of the replicas must have a version and its features before it gets the requests")
    }
    head = settings.value(
      "head", default: HeadWeights.first, shown: \.description,
      placeholder: "NAME|NAME=WEIGHT,…",
      "score of a model with several that lists are ordered by, or a weighted sum of them; "
        + "empty for the first"
    ) { text throws(SettingProblem) in
      guard let head = HeadWeights(text) else {
        throw SettingProblem("\"\(text)\" is neither a name nor NAME=WEIGHT,…")
      }
      return head
    }
    candidates = settings.integer(
      "candidates", default: 200, in: 1...1_000, unit: "candidates", "ranked for a request")
    radiusKilometres = settings.number(
      "radius_km", default: 10, in: 0.1...100, unit: "kilometres",
      "of requests that name none; fallbacks keep to it as well")
    popular = settings.string(
      "popular", default: "", "popular.brigade, for when there are no candidates at all")
    spool = settings.string(
      "spool", default: "",
      "folder that keeps what was served until the log has it; empty keeps nothing")
    spoolBytesMax = settings.integer(
      "spool_bytes_max", default: 1 << 30, in: 1 << 20...1 << 40, unit: "bytes",
      "in the spool's folder; more is dropped and counted")
    lightModel = settings.section(
      "light_model", "ranks by what candidates carry when features or inference can't",
      Self.lightModel)
    policy = settings.section("policy", "from scores to a list") { settings in
      var policy = Policy()
      policy.explorationRate = settings.number(
        "exploration_rate", default: policy.explorationRate, in: Policy.explorationRates,
        "share of requests in which one place is given by chance")
      policy.discoveryBonus = settings.number(
        "discovery_bonus", default: policy.discoveryBonus, in: Policy.discoveryBonuses,
        "added to the model's score of what the user has not ordered before")
      policy.categoryRunMax = settings.integer(
        "category_run_max", default: policy.categoryRunMax, in: Policy.categoryRuns,
        unit: "items",
        "of one category in a row, as long as there are others")
      return policy
    }
    experiments = settings.experiments()
    tracing = settings.tracing()
    edge = settings.edge(methods: ["brigade.v1.Gateway/Rank", "brigade.v1.Events/Append"])
  }

  private typealias HopSettings = (replicas: ReplicaSource, budget: HopBudget)

  private static func hop(
    _ name: String, _ help: String, _ settings: inout Settings, _ standard: HopBudget
  ) -> HopSettings {
    settings.section(name, help) { hop(&$0, standard) }
  }

  private static func hop(_ settings: inout Settings, _ standard: HopBudget) -> HopSettings {
    let replicas = settings.value(
      "replicas", default: ReplicaSource.list([]), shown: \.description,
      placeholder: "ADDRESS,…|file:PATH|dns:NAME:PORT",
      "where its replicas listen; a file has one address a line and is watched, a name is looked up again"
    ) { text throws(SettingProblem) in
      guard let source = ReplicaSource(text) else {
        throw SettingProblem(
          "\"\(text)\" is neither addresses, separated by commas, file:PATH nor dns:NAME:PORT")
      }
      return source
    }
    let milliseconds = settings.integer(
      "budget_ms", default: standard.milliseconds, in: 1...60_000, unit: "milliseconds",
      "for all attempts together")
    let attempt = settings.integer(
      "attempt_ms", default: standard.attemptMilliseconds, in: 1...60_000, unit: "milliseconds",
      "for one attempt, before another replica is tried")
    return (replicas, HopBudget(milliseconds: milliseconds, attemptMilliseconds: attempt))
  }

  private static func lightModel(_ settings: inout Settings) -> LightModel? {
    var model = LightModel()
    let enabled = settings.flag(
      "enabled", default: true, "otherwise candidates stay in the order of their retrieval")
    model.popularity = settings.number(
      "popularity", default: model.popularity, in: -1_000...1_000, "weight of ln(1 + orders)")
    model.distance = settings.number(
      "distance", default: model.distance, in: -1_000...1_000, "cost of a kilometre")
    model.rating = settings.number(
      "rating", default: model.rating, in: -1_000...1_000, "weight of a star")
    model.history = settings.number(
      "history", default: model.history, in: -1_000...1_000,
      "weight of ln(1 + the user's own orders)")
    return enabled ? model : nil
  }
}
