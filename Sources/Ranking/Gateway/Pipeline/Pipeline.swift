internal import Definitions
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// Answers rank requests on one loop: asks the services in turn, steps down their ladders of
/// fallbacks where they fail, and always answers a good request in time.
final class Pipeline: @unchecked Sendable {
  private let configuration: GatewayConfiguration
  private let retrieval: HopClient
  private let features: HopClient
  private let inference: HopClient
  private let metrics: GatewayMetrics
  private let popular: PopularList
  /// Tells as long as this lives.
  private let reporter: ReplicaReporter
  private var cache = CandidateCache()
  private let rollout: RolloutWatch
  private let telling: RolloutTelling
  private let experiments: ExperimentWatch
  /// Rows have come that the model was not trained on: their names tell where they differ.
  private var asksForNames = false

  init(
    _ configuration: GatewayConfiguration, on loop: EventLoop, identity: Identity,
    popular: PopularList, metrics: GatewayMetrics, rollout telling: RolloutTelling,
    experiments: ExperimentTelling, activity: GatewayActivity
  ) {
    let ticks = Ticks()
    func client(_ hop: HopKind) -> HopClient {
      let listener = metrics.routing[hop]?.listener() ?? { _ in }
      let replicas = ReplicaSet(
        hop.rawValue, at: configuration.replicas[hop] ?? .list([]), on: loop, identity: identity,
        routing: configuration.routing,
        onTick: { tick in
          listener(tick)
          if hop == .inference { ticks.tick() }
        })
      return HopClient(replicas, metrics.calls.recorder(service: hop.rawValue))
    }
    self.configuration = configuration
    self.popular = popular
    self.metrics = metrics
    retrieval = client(.retrieval)
    features = client(.features)
    inference = client(.inference)
    self.telling = telling
    rollout = RolloutWatch(
      configuration.model, shareLeast: configuration.rolloutShareLeast,
      inference: inference.replicas, features: features.replicas, telling: telling)
    reporter = ReplicaReporter(
      [
        .retrieval: retrieval.replicas, .features: features.replicas,
        .inference: inference.replicas,
      ], on: loop, to: activity)
    self.experiments = ExperimentWatch(configuration.experiments, telling: experiments)
    ticks.rollout = rollout
    ticks.experiments = self.experiments
    rollout.start()
    rollout.want(self.experiments.set.models)
  }

  /// The way from a replica set to what is made after it.
  private final class Ticks {
    weak var rollout: RolloutWatch?
    weak var experiments: ExperimentWatch?

    func tick() {
      rollout?.tick()
      if let experiments, experiments.tick() { rollout?.want(experiments.set.models) }
    }
  }

  func rank(
    _ question: RankQuestion, _ call: CallContext, _ trace: RequestTrace
  ) async throws(RPCError) -> RankResponse {
    let treatment = Treatment(
      try experiments.set.arms(for: question), policy: configuration.policy,
      head: configuration.head, plan: rollout.plan, ranked: { rollout.plan(for: $0) })
    var run = RankRun(
      question: question, call: call, trace: trace,
      budget: TimeBudget(
        hops: configuration.hops, plannedMilliseconds: configuration.budgetMilliseconds,
        received: call.received, deadline: call.deadline),
      record: HopRecord(received: call.received), treatment: treatment,
      notes: question.explain.map { _ in ExplanationNotes() })
    let user = startUser(run)
    let candidates: [Candidate]
    do throws(RPCError) {
      candidates = try await self.candidates(&run)
    } catch {
      if let user { features.leave(user) }
      throw error
    }
    let rows = candidates.isEmpty ? nil : startAssemble(run, candidates)
    let ownOrders = await ownOrders(user, &run)
    let scores = await scores(candidates, rows, ownOrders, &run)
    let rulesStart = Instant.now()
    let list = treatment.policy.rank(
      candidates, scores: scores, count: question.count, requestID: question.requestID)
    var response = RankResponse()
    response.requestID = question.requestID
    response.nowMilliseconds = question.nowMilliseconds
    response.items = list.map { RankedItem(candidates[$0.candidate], $0) }
    response.candidates = UInt32(candidates.count)
    response.model = run.model
    response.arms = treatment.told(model: run.model, missingHead: run.missingHead)
    response.retrievalPosition = run.retrievalPosition
    response.featuresPosition = run.featuresPosition
    response.hops = run.hops.sorted { $0.startMicroseconds < $1.startMicroseconds }
    response.degraded = run.hops.contains { $0.rung.isDegraded }
    var end = Instant.now()
    response.rulesMicroseconds = end.microseconds(since: rulesStart)
    if let notes = run.notes {
      let told = Explainer(notes: notes, question: question, policy: treatment.policy)
      response.explanation = told.explanation(candidates, scores: scores, list, response)
      response.explanation?.arms = treatment.explained(response.arms)
      end = .now()
    }
    response.elapsedMicroseconds = end.microseconds(since: call.received)
    // As its hops are, which the answer tells.
    if !call.isCancelled { metrics.fellBack(run.fallbacks) }
    return response
  }

  // MARK: Candidates

  private func candidates(_ run: inout RankRun) async throws(RPCError) -> [Candidate] {
    let key = CandidateCache.Key(run.question)
    guard let options = run.options(.retrieval) else {
      return withoutRetrieval(key, &run, .noTime)
    }
    var request = SearchRequest()
    request.place = run.question.coordinate.place
    request.nowMilliseconds = run.question.nowMilliseconds
    request.userID = run.question.userID
    request.filters = run.question.filters
    request.filters?.radiusKilometres = radius(run.question)
    request.limit = UInt32(configuration.candidates)
    if let explain = run.question.explain { request.explainIDs = explain.itemIDs }
    let end = await retrieval.start(.search, request, options, for: run.call).end()
    retrieval.ended(end)
    switch end.result {
    case .success(let response):
      guard let candidates = [Candidate](response) else {
        let failure = HopFailure.badAnswer("columns of different lengths", end.report)
        return withoutRetrieval(key, &run, failure)
      }
      run.hops.append(run.record.hop(end.report, fallback: nil))
      run.retrievalPosition = response.logPosition
      run.notes?.retrieved = response
      cache.keep(candidates, for: key)
      return candidates
    case .failure(let error) where error.code == .invalidArgument: throw error
    case .failure(let error):
      return withoutRetrieval(key, &run, retrieval.failure(error, end.report))
    }
  }

  /// The lower rungs: what this place had last, or else what is popular.
  private func withoutRetrieval(
    _ key: CandidateCache.Key, _ run: inout RankRun, _ failure: HopFailure
  ) -> [Candidate] {
    let radius = radius(run.question)
    var rung = Rung.lastGood
    var candidates =
      cache.candidates(for: key)?.refit(to: run.question, radiusKilometres: radius) ?? []
    if candidates.isEmpty {
      rung = .popular
      candidates = popular.candidates(
        for: run.question, radiusKilometres: radius, limit: configuration.candidates)
    }
    run.fellBack(.search, failure, rung)
    return candidates
  }

  private func radius(_ question: RankQuestion) -> Double {
    question.filters.radiusKilometres > 0
      ? question.filters.radiusKilometres : configuration.radiusKilometres
  }

  // MARK: Features

  private func startUser(_ run: RankRun) -> Call<GetRequest, GetResponse>? {
    guard !run.question.userID.isEmpty, let options = run.options(.user) else { return nil }
    var request = GetRequest()
    request.userID = run.question.userID
    request.nowMilliseconds = run.question.nowMilliseconds
    return features.start(.get, request, options, for: run.call)
  }

  /// The user's own orders by item, for the light model; nothing when they can't be had.
  private func ownOrders(
    _ call: Call<GetRequest, GetResponse>?, _ run: inout RankRun
  ) async -> [UInt64: UInt32] {
    guard let call else {
      if !run.question.userID.isEmpty { run.fellBack(.get, .noTime, .without) }
      return [:]
    }
    let end = await call.end()
    features.ended(end)
    switch end.result {
    case .success(let response):
      run.hops.append(run.record.hop(end.report, fallback: nil))
      return Dictionary(
        zip(response.historyKeys, response.historyOrders), uniquingKeysWith: { first, _ in first })
    case .failure(let error):
      run.fellBack(.get, features.failure(error, end.report), .without)
      return [:]
    }
  }

  private func startAssemble(
    _ run: RankRun, _ candidates: [Candidate]
  ) -> Call<AssembleRequest, AssembleResponse>? {
    guard let options = run.options(.features, requires: run.plan.featuresTag) else { return nil }
    var request = AssembleRequest()
    request.userID = run.question.userID
    request.nowMilliseconds = run.question.nowMilliseconds
    request.place = run.question.coordinate.place
    request.keys = candidates.map(\.key)
    request.names = asksForNames || run.notes != nil
    return features.start(.assemble, request, options, for: run.call)
  }

  // MARK: Scores

  private func scores(
    _ candidates: [Candidate], _ rows: Call<AssembleRequest, AssembleResponse>?,
    _ ownOrders: [UInt64: UInt32], _ run: inout RankRun
  ) async -> [Double] {
    guard !candidates.isEmpty else { return [] }
    let (rung, light) = withoutModel(candidates, ownOrders)
    guard let rows else {
      run.fellBack(.assemble, .noTime, rung)
      run.skip(.score, why: "no rows to score")
      return light
    }
    let end = await rows.end()
    features.ended(end)
    guard case .success(let matrix) = end.result, matrix.columns > 0,
      Int(matrix.columns) * candidates.count == matrix.matrix.count
    else {
      run.fellBack(.assemble, features.failure(end, else: "rows are missing"), rung)
      run.skip(.score, why: "no rows to score")
      return light
    }
    var hop = run.record.hop(end.report, fallback: nil)
    hop.storedMicroseconds = matrix.storedMicroseconds
    hop.requestMicroseconds = matrix.requestMicroseconds
    run.hops.append(hop)
    run.featuresPosition = matrix.logPosition
    run.notes?.rows = matrix
    guard let scores = await modelScores(matrix, count: candidates.count, &run, rung) else {
      return light
    }
    run.notes?.plain = scores
    return run.treatment.policy.favouringDiscoveries(candidates, scores: scores)
  }

  private func modelScores(
    _ rows: AssembleResponse, count: Int, _ run: inout RankRun, _ rung: Rung
  ) async -> [Double]? {
    let isOther = run.plan.differs(from: rows.schema)
    asksForNames = isOther
    let asked = isOther ? RankingPlan(model: run.plan.modelName) : run.plan
    guard var end = await score(rows, asked, run) else {
      run.fellBack(.score, .noTime, rung)
      return nil
    }
    var instead: String?
    // It was dropped under way, or nobody says what it has: another version is better than none, and
    // than an arm's model the gateway's own.
    if let other = run.planInstead(of: asked, rows: rows.schema, after: end.errorCode),
      let second = await score(rows, other, run)
    {
      instead = end.failure
      end = second
    }
    guard case .success(let response) = end.result, response.heads > 0,
      response.scores.count == count * Int(response.heads)
    else {
      run.fellBack(.score, inference.failure(end, else: "scores are missing"), rung)
      return nil
    }
    let (scores, missing) = run.treatment.head.blended(
      response.scores, heads: Int(response.heads), names: response.headNames)
    run.missingHead = missing
    if !run.treatment.isHeadOfArm, !configuration.head.terms.isEmpty {
      telling.tell(.head, missing.map { "\(response.model) has no head named \($0)" })
    }
    // A list ordered by some of them would not show that the model is broken.
    guard scores.allSatisfy(\.isFinite) else {
      run.fellBack(.score, .badAnswer("a score is no number", end.report), rung)
      return nil
    }
    var hop = run.record.hop(end.report, fallback: nil)
    if let instead { (hop.rung, hop.why) = (.otherReplica, instead) }
    run.hops.append(hop)
    run.model = response.model
    run.notes?.scored = response
    return scores
  }

  /// Nil where there is no time left.
  private func score(
    _ rows: AssembleResponse, _ plan: RankingPlan, _ run: RankRun
  ) async -> CallOutcome<ScoreResponse>? {
    guard let options = run.options(.inference, requires: plan.modelTag) else { return nil }
    var request = ScoreRequest()
    request.model = plan.model
    request.schema = rows.schema
    request.columns = rows.columns
    request.matrix = rows.matrix
    request.features = rows.names
    let end = await inference.start(.score, request, options, for: run.call).end()
    inference.ended(end)
    return end
  }

  private func withoutModel(
    _ candidates: [Candidate], _ ownOrders: [UInt64: UInt32]
  ) -> (Rung, [Double]) {
    guard let model = configuration.lightModel else {
      return (.retrievalOrder, candidates.indices.map { -Double($0) })
    }
    return (.lightModel, model.scores(candidates, ownOrders: ownOrders))
  }
}

extension RankedItem {
  fileprivate init(_ candidate: Candidate, _ ranked: Policy.Ranked) {
    self.init()
    id = candidate.id
    name = candidate.name
    score = ranked.score
    distanceKilometres = candidate.distanceKilometres
    category = candidate.category
    price = candidate.price
    rating = candidate.rating
    explored = ranked.explored
    sources = candidate.sources
  }
}
