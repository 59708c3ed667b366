internal import Node

/// `brigade import`: the user's own tables become a data folder.
enum ImportCommand: Command {
  static let name = "import"
  static let summary = "turns your CSV or JSONL of items, users and events into a data folder"
  static let operands = "[columns]"
  static let operandCount = 0...1
  static let examples = [
    "brigade import columns",
    "brigade import --items restaurants.csv --events orders.jsonl.gz --output data",
    "brigade import --items venues.csv.gz --events visits.csv.gz --mapping mapping.json "
      + "--timezone America/New_York --output data",
  ]

  struct Options: Configuration {
    let files: ImportOptions
    let output: OutputFormat

    init(reading settings: inout Settings) {
      var files = ImportOptions(
        items: settings.strings("items", default: [], "files of items; required"),
        features: settings.string(
          "features", default: "deploy/features.json",
          "feature definition that is put beside the data"),
        output: settings.string("output_folder", default: "data", "data folder to write"))
      files.users = settings.strings("users", default: [], "files of users")
      files.events = settings.strings("events", default: [], "files of events")
      let mapping = settings.string(
        "mapping", default: "", "JSON file that says which columns are which")
      files.mapping = mapping.isEmpty ? nil : mapping
      files.timeZone = settings.string(
        "timezone", default: files.timeZone, "IANA name, for items that have none of their own")
      files.badShareMax = settings.number(
        "bad_rows_max", default: files.badShareMax, in: 0...1, unit: "share",
        "of bad rows in a table above which nothing is written")
      self.files = files
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    if let word = operands.first {
      guard word == "columns" else { throw .usage("\(word) is not columns, which explains them") }
      return console.print(ImportTable.help)
    }
    guard !options.files.items.isEmpty else { throw .usage("--items FILE is required") }
    do {
      let report = try Importer.run(options.files, progress: console.progress)
      console.endProgress()
      console.print(options.output == .json ? report.json : report.text)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
