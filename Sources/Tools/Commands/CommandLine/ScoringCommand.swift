internal import Inference
internal import Node
internal import Storage

/// `brigade score`: a model's scores for the rows of a CSV file.
enum ScoringCommand: Command {
  static let name = "score"
  static let summary = "scores a CSV of numbers with a model, one line a row"
  static let examples = [
    "brigade score --model model.txt --input rows.csv",
    "brigade score --model model.txt --input rows.csv --raw > scores.csv",
  ]

  struct Options: Configuration {
    let model: String
    let input: String
    let raw: Bool

    init(reading settings: inout Settings) {
      model = settings.string("model", default: "", "LightGBM text or XGBoost JSON model; required")
      input = settings.string(
        "input", default: "", "CSV without a header; nan, inf and empty fields allowed; required")
      raw = settings.flag("raw", default: false, "sums of leaves, before the objective's transform")
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    guard !options.model.isEmpty, !options.input.isEmpty else {
      throw .usage("--model FILE and --input FILE are required")
    }
    let model = try read(options.model)
    let input = try read(options.input)
    do throws(ScoreError) {
      try ScoreCommand.run(
        model: model, input: input, raw: options.raw, write: console.printRaw)
    } catch {
      switch error {
      case .model: throw CommandFailure("\(options.model): \(error)")
      default: throw CommandFailure("\(options.input): \(error)")
      }
    }
  }

  private static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    do throws(DiskFile.Failure) {
      return try Brigade.readFile(path)
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }
}
