internal import Node

/// `brigade trainset`: training rows as they would have been served.
enum TrainsetCommand: Command {
  static let name = "trainset"
  static let summary = "replays the event log into point-in-time training rows"
  static let examples = [
    "brigade trainset --data data --rows rows.csv",
    "brigade trainset --data data --rows rows.csv --negatives retrieval --radius-km 50",
    "deploy/train --input rows.csv --output data/models",
  ]

  struct Options: Configuration {
    let data: String
    let rows: String
    let seed: Int
    let negatives: NegativeSource
    let candidates: CandidateSetOptions
    let output: OutputFormat

    init(reading settings: inout Settings) {
      data = settings.string("data", default: "data", "data folder to replay")
      rows = settings.string("rows", default: "rows.csv", "CSV to write; its schema goes beside it")
      seed = settings.integer(
        "seed", default: 1, in: 0...Int.max,
        "of the negatives of orders that no impressions led to")
      negatives = settings.choice(
        "negatives", default: NegativeSource.sampled,
        "of orders: sampled near, popular and own items; or the candidates that retrieval finds")
      candidates = Self.candidates(&settings, seed: UInt64(seed))
      output = settings.outputFormat()
    }

    private static func candidates(_ settings: inout Settings, seed: UInt64) -> CandidateSetOptions
    {
      var options = CandidateSetOptions()
      options.seed = seed
      options.radiusKilometres = settings.number(
        "radius_km", default: options.radiusKilometres, in: 0.1...100, unit: "kilometres",
        "retrieval: of the search")
      options.candidates = settings.integer(
        "candidates", default: options.candidates, in: 2...1_000, unit: "candidates",
        "retrieval: of a group")
      options.negativesMax = settings.integer(
        "negatives_max", default: options.negativesMax, in: 1...1_000, unit: "items",
        "retrieval: of a group to learn from, by chance, besides the user's own")
      options.fromPercent = settings.integer(
        "from_percent", default: options.fromPercent, in: 0...99, unit: "percent",
        "retrieval: of the orders come before the first group")
      options.learnUntilPercent = settings.integer(
        "learn_until_percent", default: options.learnUntilPercent, in: 1...100, unit: "percent",
        "retrieval: later groups are to tune by")
      options.untilPercent = settings.integer(
        "until_percent", default: options.untilPercent, in: 1...100, unit: "percent",
        "retrieval: later orders are not looked at")
      return options
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    do {
      let summary =
        switch options.negatives {
        case .sampled:
          try TrainingSet.run(
            data: options.data, output: options.rows, seed: UInt64(options.seed),
            progress: console.progress)
        case .retrieval:
          try TrainingSet.runCandidates(
            data: options.data, output: options.rows, options.candidates,
            progress: console.progress)
        }
      console.endProgress()
      console.print(options.output == .json ? summary.json : summary.text)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
