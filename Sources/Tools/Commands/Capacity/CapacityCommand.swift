internal import Glibc
internal import Node
internal import Storage

/// `brigade capacity`: how many replicas of each service a load needs.
enum CapacityCommand: Command {
  static let name = "capacity"
  static let summary = "says how many replicas of each service a load needs, from measured times"
  static let examples = [
    "brigade capacity --rps 6000 --model data/models/browse/1/model.txt --p99 50",
    "brigade capacity --requests-per-day 100000000 --model model.txt --measured costs.json "
      + "--svg day.svg",
  ]

  /// Shares of the rate that is asked for, for the table and the chart of rates.
  private static let rateShares = [0.1, 0.2, 0.4, 0.6, 0.8, 1]

  struct Options: Configuration {
    let requestsPerSecond: Double
    let requestsPerDay: Double
    let dinnerFactor: Double
    let rampMinutes: Double
    let candidates: Int
    let model: String
    let goal: CapacityPlanner.Goal
    let replicasMin: Int
    let podStartSeconds: Double
    let measured: String
    let seconds: Double
    let seed: Int
    let requests: Int
    let svg: String
    let isJSON: Bool

    init(reading settings: inout Settings) {
      requestsPerSecond = settings.number(
        "rps", default: 0, in: 0...200_000, unit: "requests a second", "to plan for")
      requestsPerDay = settings.number(
        "requests_per_day", default: 0, in: 0...2e9, unit: "requests",
        "to plan a whole day for, autoscalers included")
      dinnerFactor = settings.number(
        "dinner_factor", default: 5, in: 1...20, "of the day's peak to its mean")
      rampMinutes = settings.number(
        "ramp_minutes", default: 60, in: 1...300, unit: "minutes", "in which dinner comes")
      candidates = settings.integer(
        "candidates", default: 200, in: 1...1_000, unit: "candidates", "ranked for a request")
      model = settings.string(
        "model", default: "", "LightGBM or XGBoost model that ranks them; required")
      goal = Self.goal(&settings)
      replicasMin = settings.integer(
        "replicas_min", default: 3, in: 1...1_000, unit: "replicas",
        "that autoscalers keep, of gateways and model servers")
      podStartSeconds = settings.number(
        "pod_start_seconds", default: 30, in: 0...3_600, unit: "seconds",
        "from an autoscaler's decision to a ready pod, without loading the model")
      measured = settings.string(
        "measured", default: "",
        "JSON file of what was measured: read where it is there, else written")
      seconds = settings.number(
        "seconds", default: 5, in: 0.1...600, unit: "seconds", "to measure for")
      seed = settings.integer(
        "seed", default: 1, in: 0...Int.max, "one seed and one measurement give one plan")
      requests = settings.integer(
        "simulated_requests", default: CapacityPlanner.requests, in: 500...1_000_000,
        unit: "requests", "for each number of replicas that is tried")
      svg = settings.string("svg", default: "", "file that gets a chart")
      isJSON = settings.flag("json", default: false, "prints JSON instead of tables")
    }

    private static func goal(_ settings: inout Settings) -> CapacityPlanner.Goal {
      var goal = CapacityPlanner.Goal()
      goal.p99Milliseconds = settings.number(
        "p99", default: goal.p99Milliseconds, in: 0.1...200, unit: "milliseconds",
        "that 99 of 100 requests have their answer in, also with one replica of each service lost")
      goal.busyShareMax = settings.number(
        "busy_max", default: goal.busyShareMax, in: 0.05...0.95, unit: "share",
        "of a replica's thread that may be busy when one is lost")
      return goal
    }
  }

  static func run(
    _ options: Options, _ operands: [String], _ console: Console
  ) async throws(CommandFailure) {
    guard (options.requestsPerSecond > 0) != (options.requestsPerDay > 0) else {
      throw .usage("one of --rps R and --requests-per-day N is required, not both")
    }
    let costs = try await costs(options, console)
    let planner = CapacityPlanner(
      costs: costs, goal: options.goal, seed: UInt64(options.seed), requests: options.requests)
    let (report, chart) = try plan(options, planner, console)
    console.endProgress()
    console.print(options.isJSON ? report.json : report.text)
    guard !options.svg.isEmpty else { return }
    try write(chart.svg, to: options.svg)
  }

  private static func plan(
    _ options: Options, _ planner: CapacityPlanner, _ console: Console
  ) throws(CommandFailure) -> (CapacityReport, LineChart) {
    do throws(CapacityProblem) {
      guard options.requestsPerDay > 0 else {
        var plans: [CapacityPlan] = []
        for share in rateShares {
          let rate = options.requestsPerSecond * share
          console.progress("simulating \(rate.fixed(0)) requests a second")
          plans.append(try planner.plan(requestsPerSecond: rate))
        }
        return (
          CapacityReport(planner: planner, plans: plans, day: nil),
          CapacityChart.rates(plans, p99Milliseconds: options.goal.p99Milliseconds)
        )
      }
      console.progress("simulating a day")
      let curve = try DayCurve(
        requestsPerDay: options.requestsPerDay, dinnerFactor: options.dinnerFactor,
        rampMinutes: options.rampMinutes)
      let day = try DayPlanner(
        planner: planner, curve: curve, replicasMin: options.replicasMin,
        podStartSeconds: options.podStartSeconds
      ).plan()
      return (
        CapacityReport(planner: planner, plans: [day.peak], day: day),
        CapacityChart.day(day, planner)
      )
    } catch {
      throw CommandFailure(error.description)
    }
  }

  // MARK: What was measured

  private static func costs(
    _ options: Options, _ console: Console
  ) async throws(CommandFailure) -> ServiceCosts {
    if !options.measured.isEmpty, let known = try known(options) { return known }
    guard !options.model.isEmpty else { throw .usage("--model FILE is required") }
    let costs = try await CapacityCalibration.run(
      model: options.model, candidates: options.candidates, seconds: options.seconds, console)
    if !options.measured.isEmpty { try write(costs.json, to: options.measured) }
    return costs
  }

  /// Nil where there is no such file yet.
  private static func known(_ options: Options) throws(CommandFailure) -> ServiceCosts? {
    let path = options.measured
    guard access(path, F_OK) == 0 else { return nil }
    let bytes: [UInt8]
    do throws(DiskFile.Failure) { bytes = try Brigade.readFile(path) } catch {
      throw CommandFailure("\(path): \(error)")
    }
    let costs: ServiceCosts
    do throws(ServiceCosts.BadFile) { costs = try ServiceCosts(parsing: bytes) } catch {
      throw CommandFailure("\(path): \(error)")
    }
    guard costs.candidates == options.candidates else {
      throw CommandFailure(
        "\(path) was measured with \(costs.candidates) candidates, not \(options.candidates); "
          + "remove it to measure again")
    }
    guard options.model.isEmpty || options.model == costs.model else {
      throw CommandFailure(
        "\(path) was measured with \(costs.model), not \(options.model); remove it to measure again"
      )
    }
    return costs
  }

  private static func write(_ text: String, to path: String) throws(CommandFailure) {
    do throws(ImportError) { try FileContents.write(Array(text.utf8), to: path) } catch {
      throw CommandFailure("\(error)")
    }
  }
}
