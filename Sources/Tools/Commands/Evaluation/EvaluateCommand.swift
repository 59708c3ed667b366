internal import Definitions
internal import Glibc
internal import JSON
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// `brigade evaluate`: how well a log's last tenth is ranked by a cluster that has learned from what
/// came before.
enum EvaluateCommand: Command {
  static let name = "evaluate"
  static let summary = "trains on a log's first nine tenths and replays the last through a cluster"
  static let examples = [
    "brigade evaluate --data data --radius-km 50",
    "brigade evaluate --data data --mode frozen --models data/models -o json",
    "brigade evaluate --data data --without-features 'user_item_*' --mode frozen",
  ]

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    let evaluation = try Self.evaluation(options, console)
    let work = try RunFolder.path(options.work)
    console.note("rows, models and logs are in \(work)")
    let models = try await models(options, work, console)
    var reports: [EvaluationReport] = []
    for mode in options.mode.modes {
      let report = try await report(
        mode, evaluation, options, models: models,
        work: try RunFolder.fresh("\(work)/\(mode.rawValue)"), console)
      reports.append(report)
      if options.output == .table {
        console.print(reports.count > 1 ? "\n\(report.text)" : report.text)
      }
    }
    if options.output == .json { console.print(json(reports)) }
  }

  private static func evaluation(
    _ options: Options, _ console: Console
  ) throws(CommandFailure) -> Evaluation {
    console.progress("reading \(options.data)")
    do {
      let evaluation = try Evaluation(data: options.data, visitsMax: options.limit)
      console.endProgress()
      guard evaluation.visits > 0 else {
        throw CommandFailure("\(options.data) has too few orders to split; ten are the least")
      }
      return evaluation
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  /// The given models, or ones that are trained on what comes before the test period.
  private static func models(
    _ options: Options, _ work: String, _ console: Console
  ) async throws(CommandFailure) -> String {
    guard options.models.isEmpty else { return options.models }
    let rows = "\(work)/rows.csv"
    do {
      let summary = try TrainingSet.runCandidates(
        data: options.data, output: rows, options.rows, progress: console.progress)
      console.endProgress()
      console.note(summary.text)
    } catch {
      throw CommandFailure("\(error)")
    }
    console.progress("training")
    try await options.trainer.train(
      rows: rows, models: "\(work)/models", log: "\(work)/train.log")
    console.endProgress()
    console.note(ModelTrainer.tail("\(work)/train.log"))
    return "\(work)/models"
  }

  private static func report(
    _ mode: EvaluationMode, _ evaluation: Evaluation, _ options: Options, models: String,
    work: String, _ console: Console
  ) async throws(CommandFailure) -> EvaluationReport {
    let plan = try plan(evaluation, options, models: models, work: work)
    let cluster = EvaluationCluster(plan, try replicas)
    do throws(CommandFailure) {
      let replay = try await EvaluationReplay(
        try await cluster.start(), radiusKilometres: options.rows.radiusKilometres,
        middle: evaluation.middle)
      defer { replay.shutDown() }
      let result = try await evaluation.run(
        mode, through: replay, seed: options.rows.seed, progress: console.progress)
      console.endProgress()
      await cluster.stop()
      return EvaluationReport(
        mode: mode, tally: result.tally, sourceNames: sourceNames, model: result.model,
        lag: result.lag)
    } catch {
      await cluster.stop()
      throw error
    }
  }

  /// By retrieval's bits.
  private static var sourceNames: [String] {
    CandidateSources.Name.allCases.sorted { $0.bit < $1.bit }.map(\.rawValue)
  }

  private static var replicas: ReplicaCounts {
    get throws(CommandFailure) {
      do throws(ReplicaCounts.Invalid) {
        return try ReplicaCounts("gateway=1,retrieval=2,features=2,inference=1")
      } catch {
        throw CommandFailure(error.description)
      }
    }
  }

  private static func plan(
    _ evaluation: Evaluation, _ options: Options, models: String, work: String
  ) throws(CommandFailure) -> ClusterPlan {
    let definition = "\(work)/sources.json"
    do {
      try writeSources(of: options, to: definition)
      try EvaluationFolder.write(
        from: evaluation.data, split: evaluation.split, to: "\(work)/data")
    } catch {
      throw CommandFailure("\(error)")
    }
    var plan = ClusterPlan(
      runFolder: work, dataFolder: "\(work)/data", modelsFolder: models,
      binaryFolder: options.binaries.isEmpty ? UpCommand.ownFolder() : options.binaries, port: 0)
    plan.moreArguments[.retrieval] = ["--definition", definition]
    plan.moreArguments[.gateway] = gatewayArguments(options)
    return plan
  }

  /// A definition of the sources alone: what retrieval reads of one.
  private static func writeSources(of options: Options, to path: String) throws {
    let file = "\(options.data)/features.json"
    let bytes = try FileContents.read(file, bytesMax: CandidateSources.fileBytesMax)
    let sources = try options.rows.sources(parsing: bytes, file: file)
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.key("sources")
      writer.array { writer in
        for source in sources.list {
          writer.object { writer in
            writer.member("name", source.name.rawValue)
            writer.member("share", source.share)
          }
        }
      }
    }
    try FileContents.write(Array(writer.string.utf8), to: path)
  }

  /// The list is the model's, whole and without chance, and a busy machine makes no answer worse.
  private static func gatewayArguments(_ options: Options) -> [String] {
    var arguments = [
      "--policy.exploration-rate", "0", "--policy.category-run-max", "1000",
      "--policy.discovery-bonus", "\(options.discoveryBonus)",
      "--candidates", "\(EvaluationReplay.count)",
      "--radius-km", "\(options.rows.radiusKilometres)",
      "--budget-ms", "10000", "--features.user-budget-ms", "5000",
    ]
    for hop in ["retrieval", "features", "inference"] {
      arguments += ["--\(hop).budget-ms", "10000", "--\(hop).attempt-ms", "5000"]
    }
    return arguments
  }

  private static func json(_ reports: [EvaluationReport]) -> String {
    var writer = JSONWriter(pretty: true)
    writer.array { writer in
      for report in reports { report.write(to: &writer) }
    }
    return writer.string
  }
}
