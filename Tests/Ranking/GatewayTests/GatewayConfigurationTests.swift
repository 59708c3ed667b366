import Node
import RPC
import ServingSupport
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewayConfigurationTests {
  private func read(_ arguments: [String] = [], file: String? = nil) throws -> GatewayConfiguration
  {
    try TestSettings.read(GatewayConfiguration.self, arguments, file: file)
  }

  private func problems(_ arguments: [String] = [], file: String? = nil) -> [String] {
    TestSettings.problems(GatewayConfiguration.self, arguments, file: file)
  }

  @Test func `nothing given means the documented defaults`() throws {
    let settings = try read()
    #expect(settings.budgetMilliseconds == 200)
    #expect(settings.candidates == 200)
    #expect(settings.radiusKilometres == 10)
    #expect(
      settings.model == .fixed(.anything) && settings.popular.isEmpty && settings.spool.isEmpty)
    #expect(settings.lightModel == LightModel())
    #expect(settings.policy == Policy())
    #expect(settings.policy.explorationRate == 0.1)
    #expect(settings.policy.categoryRunMax == 3)
    #expect(
      settings.replicas == [.retrieval: .list([]), .features: .list([]), .inference: .list([])])
    #expect(settings.hops[.retrieval] == HopBudget(milliseconds: 60, attemptMilliseconds: 25))
    #expect(settings.hops[.features] == HopBudget(milliseconds: 45, attemptMilliseconds: 18))
    #expect(settings.hops[.inference] == HopBudget(milliseconds: 80, attemptMilliseconds: 35))
    #expect(settings.hops[.user] == HopBudget(milliseconds: 20, attemptMilliseconds: 10))
  }

  @Test func `the default hops, one after another, fit in the default budget and its reserve`()
    throws
  {
    let settings = try read()
    let chain = [HopKind.retrieval, .features, .inference].compactMap { settings.hops[$0] }
    let total = chain.reduce(0) { $0 + $1.milliseconds }
    #expect(total <= settings.budgetMilliseconds * 95 / 100)
    #expect(chain.allSatisfy { $0.attemptMilliseconds * 2 <= $0.milliseconds })
  }

  @Test func `the file gives every kind of setting`() throws {
    let settings = try read(
      file: """
        {"budget_ms": 100, "model": "taste/3", "candidates": 50, "radius_km": 2.5,
         "retrieval": {"replicas": "a:1,b:2", "budget_ms": 9, "attempt_ms": 4},
         "features": {"replicas": "file:/run/features", "user_budget_ms": 7},
         "light_model": {"distance": 2, "history": -1},
         "policy": {"exploration_rate": 0, "category_run_max": 9}}
        """)
    #expect(settings.budgetMilliseconds == 100)
    #expect(settings.model == ModelSource("taste/3"))
    #expect(settings.candidates == 50)
    #expect(settings.radiusKilometres == 2.5)
    #expect(
      settings.replicas[.retrieval]
        == .list([.tcp(host: "a", port: 1), .tcp(host: "b", port: 2)]))
    #expect(settings.replicas[.features] == .file("/run/features"))
    #expect(settings.hops[.retrieval] == HopBudget(milliseconds: 9, attemptMilliseconds: 4))
    #expect(settings.hops[.user] == HopBudget(milliseconds: 7, attemptMilliseconds: 3))
    #expect(settings.lightModel?.distance == 2)
    #expect(settings.lightModel?.history == -1)
    #expect(settings.policy == Policy(explorationRate: 0, categoryRunMax: 9))
  }

  @Test func `without the light model candidates stay as they came`() throws {
    #expect(try read(["--light-model.enabled=false"]).lightModel == nil)
  }

  @Test func `the smallest user budget still has an attempt`() throws {
    let hops = try read(["--features.user-budget-ms", "1"]).hops
    #expect(hops[.user] == HopBudget(milliseconds: 1, attemptMilliseconds: 1))
  }

  @Test func `how replicas are chosen can be set, and hedging turned off`() throws {
    let standard = try read().routing
    #expect(standard.hedging == Hedging.Settings() && standard.hedging.sharePermille == 50)
    #expect(standard.ejection == Ejection.Settings() && standard.retries.attemptsMax == 3)
    let routing = try read(
      ["--routing.hedge-percent", "0", "--routing.attempts-max", "1"],
      file: #"{"routing": {"eject_failures": 9, "eject_percent_max": 50}}"#
    ).routing
    #expect(routing.hedging.sharePermille == 0 && routing.retries.attemptsMax == 1)
    #expect(routing.ejection.consecutiveFailures == 9)
    #expect(routing.ejection.sharePermilleMax == 500)
    #expect(
      problems(["--routing.attempts-max", "5"]) == [
        "--routing.attempts-max: 5 is not in 1...4"
      ])
  }

  @Test func `every bad value is listed with its place`() {
    let file = """
      {"budget_ms": 4,
       "retrieval": {"replicas": "nowhere", "attempt_ms": 0},
       "policy": {"exploration_rate": 1.5}}
      """
    #expect(
      problems(["--radius-km", "0", "--inference.replicas", ""], file: file) == [
        "--inference.replicas: \"\" is neither addresses, separated by commas, file:PATH "
          + "nor dns:NAME:PORT",
        "--radius-km: 0 is not in 0.1...100",
        "test.json:1:15: budget_ms: 4 is not in 5...60000",
        "test.json:2:28: retrieval.replicas: \"nowhere\" is neither addresses, separated by "
          + "commas, file:PATH nor dns:NAME:PORT",
        "test.json:2:53: retrieval.attempt_ms: 0 is not in 1...60000",
        "test.json:3:33: policy.exploration_rate: 1.5 is not in 0...1",
      ])
  }

  @Test func `unknown keys are refused, and the one that was meant is named`() {
    #expect(
      problems(file: #"{"retrieval": {"budget": 5}, "modle": "x"}"#) == [
        "test.json:1:16: retrieval.budget: is no setting; did you mean retrieval.budget_ms?",
        "test.json:1:30: modle: is no setting; did you mean model?",
      ])
  }

  @Test func `a file of experiments is read at once, and refused with each of its problems`() throws
  {
    #expect(try read().experiments == .none)
    let folder = TemporaryFolder()
    let path = folder.file("experiments.json")
    folder.write(SampleExperiments.text(SampleExperiments.layer("l")), to: "experiments.json")
    let source = try read(["--experiments", path]).experiments
    #expect(source.path == path && source.set.layers.map(\.name) == ["l"])
    folder.write(#"{"layer": [], "layers": 1}"#, to: "experiments.json")
    #expect(
      problems(["--experiments", path]) == [
        "--experiments: \(path):1:2: unknown key \"layer\"; did you mean \"layers\"?\n"
          + "\(path):1:25: \"layers\" is an array, not a number"
      ])
  }
}
