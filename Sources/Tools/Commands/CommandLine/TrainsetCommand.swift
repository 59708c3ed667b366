internal import Node

/// `brigade trainset`: training rows as they would have been served.
enum TrainsetCommand: Command {
  static let name = "trainset"
  static let summary = "replays the event log into point-in-time training rows"
  static let examples = [
    "brigade trainset --data data --rows rows.csv",
    "deploy/train --input rows.csv --output data/models",
  ]

  struct Options: Configuration {
    let data: String
    let rows: String
    let seed: Int
    let output: OutputFormat

    init(reading settings: inout Settings) {
      data = settings.string("data", default: "data", "data folder to replay")
      rows = settings.string("rows", default: "rows.csv", "CSV to write; its schema goes beside it")
      seed = settings.integer(
        "seed", default: 1, in: 0...Int.max,
        "of the negatives of orders that no impressions led to")
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    do {
      let summary = try TrainingSet.run(
        data: options.data, output: options.rows, seed: UInt64(options.seed),
        progress: console.progress)
      console.endProgress()
      console.print(options.output == .json ? summary.json : summary.text)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
