internal import Messages
internal import RPC
internal import Telemetry

/// Answers the requests of one loop, with the models that it has at the moment. Confined to it.
final class LoopScorer {
  private let operations: ModelOperations
  private let models: LoopModels
  private let rowsMax: Int
  private var shadowShare: Share
  private var driftShare: Share

  init(_ operations: ModelOperations, on loop: EventLoop) {
    self.operations = operations
    models = operations.publisher.attach(loop)
    rowsMax = operations.settings.rowsMax
    shadowShare = Share(operations.settings.shadowShare)
    driftShare = Share(operations.settings.driftShare)
    operations.utilization.watch(loop)
  }

  func score(_ request: ScoreRequest) throws(RPCError) -> ScoreResponse {
    let columns = Int(request.columns)
    guard columns > 0 else { throw .invalidArgument("columns: required") }
    let version = try version(for: request, columns: columns)
    try checkFeatures(request, version)
    guard request.matrix.count / columns <= rowsMax else {
      throw .invalidArgument("matrix: more than \(rowsMax) rows")
    }
    operations.rowsSeen.saw(request.schema)
    var response = ScoreResponse()
    response.model = version.reference
    response.heads = UInt32(version.headCount)
    response.headNames = version.headNames
    let start = Instant.now()
    do throws(ScoringError) {
      response.scores = try version.score(matrix: request.matrix, columns: columns)
    } catch {
      throw .invalidArgument("matrix: \(error)")
    }
    operations.scoreDuration.record(nanoseconds: Instant.now().nanoseconds(since: start))
    sample(request, version, scores: response.scores)
    return response
  }

  private func version(
    for request: ScoreRequest, columns: Int
  ) throws(RPCError) -> LoadedVersion {
    do throws(ModelLookupError) {
      return try models.store.version(request.model, schema: request.schema, columns: columns)
    } catch {
      throw RPCError(.notFound, "model: \(error)", advice: .never)
    }
  }

  private func checkFeatures(
    _ request: ScoreRequest, _ version: LoadedVersion
  ) throws(RPCError) {
    // Names say more than fingerprints, where the caller gives them.
    if !request.features.isEmpty,
      let difference = FeatureDifference(found: request.features, expected: version.featureNames)
    {
      throw RPCError(
        .failedPrecondition, "features: \(difference), as \(version.reference) takes it",
        advice: .never)
    }
    guard version.takes(schema: request.schema, columns: nil) else {
      throw RPCError(
        .failedPrecondition,
        "schema: the rows are of feature definition \(ModelReloader.hex(request.schema)), "
          + "\(version.reference) was trained on \(ModelReloader.hex(version.schema))"
          + named(request, version), advice: .never)
    }
  }

  /// Another version of the rows' definition knows their names.
  private func named(_ request: ScoreRequest, _ version: LoadedVersion) -> String {
    let known = models.store.versions.first {
      $0.schema == request.schema && $0.columnCount == Int(request.columns)
    }
    guard let known,
      let difference = FeatureDifference(
        found: known.featureNames, expected: version.featureNames)
    else { return "" }
    return ": \(difference)"
  }

  private func sample(_ request: ScoreRequest, _ version: LoadedVersion, scores: [Double]) {
    var shadow: LoadedVersion?
    if shadowShare.takesNext(), let candidate = models.store.shadow(of: version.name),
      candidate.reference != version.reference
    {
      shadow = candidate
    }
    let isForDrift = driftShare.takesNext()
    guard shadow != nil || isForDrift, !scores.isEmpty else { return }
    operations.sample(
      ScoredBatch(
        version: version, shadow: shadow, isForDrift: isForDrift, matrix: request.matrix,
        columns: Int(request.columns), scores: scores))
  }
}
