internal import Messages
package import Node
package import RPC
internal import Telemetry

/// `brigade-inference`: scores rows with the models of a folder.
package struct InferenceService: Service {
  package static let program = ProgramDescription(
    name: "brigade-inference", summary: "scores feature rows with versioned models",
    version: brigadeVersion,
    examples: ["brigade-inference --listen 127.0.0.1:7300 --models data/models"])

  private let models: ModelStore
  private let rowsMax: Int

  package init(
    _ settings: InferenceConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    let contents = ModelDirectory(settings.models).load(schema: ModelCard.schema)
    for problem in contents.problems {
      environment.log.error("model left out", ["path": problem.path, "reason": problem.reason])
    }
    let name = settings.defaultModel.isEmpty ? nil : settings.defaultModel
    models = ModelStore(contents.models, defaultName: name)
    rowsMax = settings.rowsMax
    // A replica that can't answer the usual request should not look like one that can.
    do throws(ModelLookupError) {
      _ = try models.model("")
    } catch {
      let left = contents.problems.first.map { "; left out \($0)" } ?? ""
      throw StartupError("\(settings.models): \(error)\(left)")
    }
    for model in contents.models {
      environment.log.info(
        "model loaded",
        ["model": model.reference, "trees": model.treeCount, "features": model.columnCount])
    }
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    var table = MethodTable()
    table.answer(.score) { (request, _) throws(RPCError) in try score(request) }
    return table
  }

  private func score(_ request: ScoreRequest) throws(RPCError) -> ScoreResponse {
    let model = try model(request.model)
    guard request.schema == 0 || model.schema == 0 || request.schema == model.schema else {
      throw RPCError(
        .failedPrecondition,
        "schema: the rows are of feature definition \(hex(request.schema)), "
          + "\(model.reference) was trained on \(hex(model.schema))", advice: .never)
    }
    let columns = Int(request.columns)
    guard columns > 0 else { throw .invalidArgument("columns: required") }
    guard request.matrix.count / columns <= rowsMax else {
      throw .invalidArgument("matrix: more than \(rowsMax) rows")
    }
    var response = ScoreResponse()
    response.model = model.reference
    response.heads = UInt32(model.headCount)
    do throws(ScoringError) {
      response.scores = try model.score(matrix: request.matrix, columns: columns)
    } catch {
      throw .invalidArgument("matrix: \(error)")
    }
    return response
  }

  private func model(_ reference: String) throws(RPCError) -> Model {
    do throws(ModelLookupError) {
      return try models.model(reference)
    } catch {
      throw RPCError(.notFound, "model: \(error)", advice: .never)
    }
  }

  private func hex(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
}
