internal import Definitions
internal import Node

extension EvaluateCommand {
  struct Options: Configuration {
    let data: String
    let models: String
    let work: String
    let mode: EvaluationModes
    let limit: Int
    let trainer: ModelTrainer
    let rows: CandidateSetOptions
    let discoveryBonus: Double
    let binaries: String
    let output: OutputFormat

    init(reading settings: inout Settings) {
      data = settings.string("data", default: "data", "folder that import or city has written")
      models = settings.string(
        "models", default: "", "folder of models to take; by default one is trained")
      work = settings.string(
        "work", default: "", "folder for rows, models, logs; by default a new one under /tmp")
      mode = settings.choice(
        "mode", default: EvaluationModes.both, "whether the cluster learns of the test period")
      limit = settings.integer(
        "limit", default: Int(Int32.max), in: 1...Int(Int32.max), unit: "visits",
        "ranked of the test period")
      rows = Self.rows(&settings)
      trainer = Self.trainer(&settings)
      discoveryBonus = settings.number(
        "discovery_bonus", default: 0, in: -1_000...1_000,
        "the gateway's policy.discovery_bonus, to be chosen before the test period")
      binaries = settings.string(
        "binaries", default: "", "folder of the executables; by default this program's own")
      output = settings.outputFormat()
    }

    private static func rows(_ settings: inout Settings) -> CandidateSetOptions {
      var rows = CandidateSetOptions()
      rows.radiusKilometres = settings.number(
        "radius_km", default: rows.radiusKilometres, in: 0.1...100, unit: "kilometres",
        "that candidates are searched in")
      rows.negativesMax = settings.integer(
        "negatives_max", default: rows.negativesMax, in: 1...1_000, unit: "items",
        "of a group to learn from, by chance, besides the user's own")
      rows.withoutSources = Set(
        settings.values(
          "without_sources", default: [], shown: \.rawValue, "of candidates, that are left out"
        ) { text throws(SettingProblem) in
          guard let name = CandidateSources.Name(rawValue: text), name != .place else {
            let names = CandidateSources.Name.allCases.filter { $0 != .place }.map(\.rawValue)
            throw SettingProblem("\"\(text)\" is not one of \(names.joined(separator: ", "))")
          }
          return name
        })
      rows.seed = UInt64(
        settings.integer(
          "seed", default: 1, in: 0...Int.max, "of what is drawn, and of ties in the heuristics"))
      return rows
    }

    private static func trainer(_ settings: inout Settings) -> ModelTrainer {
      ModelTrainer(
        python: settings.string("python", default: "python3", "that has lightgbm and numpy"),
        script: settings.string("train", default: "deploy/train", "program that trains"),
        treesMax: settings.integer(
          "trees", default: 200, in: 1...10_000, unit: "trees", "at most"),
        leaves: settings.integer("leaves", default: 31, in: 2...1_024, unit: "leaves", "a tree"),
        learningRate: settings.number("learning_rate", default: 0.1, in: 0.001...1, "of a tree"),
        without: settings.strings(
          "without_features", default: [], "left out of the model: names, prefix*"))
    }
  }
}
