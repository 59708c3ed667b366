internal import Messages
package import Node
package import RPC
package import Telemetry

/// `brigade-inference`: scores rows with the models of a folder.
package struct InferenceService: Service {
  package static let program = ProgramDescription(
    name: "brigade-inference", summary: "scores feature rows with versioned models",
    version: brigadeVersion,
    examples: ["brigade-inference --listen 127.0.0.1:7300 --models data/models"])

  private let operations: ModelOperations

  package init(
    _ settings: InferenceConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    operations = try ModelOperations(settings, in: environment)
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    let scorer = LoopScorer(operations, on: loop)
    var table = MethodTable()
    table.answer(.score) { (request, _) throws(RPCError) in try scorer.score(request) }
    return table
  }

  package func finish(before deadline: Instant) { operations.stop() }
}
