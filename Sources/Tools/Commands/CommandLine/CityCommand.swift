internal import Definitions
internal import Node
internal import Telemetry

/// `brigade city`: a simulated city to try things with.
enum CityCommand: Command {
  static let name = "city"
  static let summary = "simulates a city: places, tastes, hours, impressions, clicks, orders"
  static let examples = [
    "brigade city --restaurants 5000 --users 2000 --days 28 --seed 1 --output-folder data",
    "brigade city --restaurants 500000 --users 100000 --days 3 --center 40.7128,-74.0060 "
      + "--timezone America/New_York",
  ]

  struct Options: Configuration {
    let city: CityOptions
    let output: OutputFormat

    init(reading settings: inout Settings) {
      var city = CityOptions(
        endMilliseconds: wallClockMilliseconds(),
        features: settings.string(
          "features", default: "deploy/features.json",
          "feature definition that is put beside the data"),
        output: settings.string("output_folder", default: "data", "data folder to write"))
      city.restaurants = settings.integer(
        "restaurants", default: city.restaurants, in: 1...CityOptions.restaurantsMax,
        unit: "restaurants", "in neighbourhoods around the centre")
      city.users = settings.integer(
        "users", default: city.users, in: 1...CityOptions.usersMax, unit: "users",
        "each with a home, tastes and habits")
      city.days = settings.integer(
        "days", default: city.days, in: 1...CityOptions.daysMax, unit: "days", "of behaviour")
      city.seed = UInt64(
        settings.integer(
          "seed", default: Int(city.seed), in: 0...Int.max,
          "the same seed and options give the same bytes"))
      let end = settings.time(
        "end", "time at which the behaviour ends; by default now")
      if end > 0 { city.endMilliseconds = end }
      if let center = settings.place("center", "by default the Mission, San Francisco") {
        city.center = center
      }
      city.timeZone = settings.string("timezone", default: city.timeZone, "IANA name")
      self.city = city
      output = settings.outputFormat()
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    do {
      let summary = try City.run(options.city, progress: console.progress)
      console.endProgress()
      console.print(options.output == .json ? summary.json : summary.text)
    } catch {
      throw CommandFailure("\(error)")
    }
  }
}
