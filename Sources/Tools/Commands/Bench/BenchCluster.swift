internal import Definitions
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// A small cluster with a simulated city, for a benchmark: a gateway and one replica of each service.
struct EdgeBenchCluster {
  /// Enough that each question has its two hundred candidates.
  private static let restaurants = 2_000
  static let users = 300
  private static let days = 7
  /// A Friday, 18:45 in UTC, as everything in that city is.
  static let nowMilliseconds: Int64 = 1_790_966_700_000
  /// Of this package; the benchmark is for people who have a checkout.
  private static let (definition, models) = ("deploy/features.json", "deploy/models")
  private static let wholeAnswerMilliseconds: Int64 = 10_000

  private let cluster: EvaluationCluster
  let gateway: ReadyFile

  /// - Parameter folder: gets the data, and what the processes write.
  static func start(in folder: String) async throws(CommandFailure) -> EdgeBenchCluster {
    try makeCity(in: folder)
    let plan = ClusterPlan(
      runFolder: folder, dataFolder: "\(folder)/data", modelsFolder: models,
      binaryFolder: UpCommand.ownFolder(), port: 0)
    let counts: ReplicaCounts
    do throws(ReplicaCounts.Invalid) {
      counts = try ReplicaCounts("gateway=1,retrieval=1,features=1,inference=1")
    } catch {
      throw CommandFailure(error.description)
    }
    let cluster = EvaluationCluster(plan, counts)
    do throws(CommandFailure) {
      _ = try await cluster.start()
      let file = plan.readyFile(plan.name(.gateway, 0))
      guard let gateway = ReadyFile(reading: file) else {
        throw CommandFailure("there is no \(file)")
      }
      return EdgeBenchCluster(cluster: cluster, gateway: gateway)
    } catch {
      await cluster.stop()
      throw error
    }
  }

  private static func makeCity(in folder: String) throws(CommandFailure) {
    var city = CityOptions(
      endMilliseconds: nowMilliseconds, features: definition, output: "\(folder)/data")
    (city.restaurants, city.users, city.days) = (restaurants, users, days)
    city.timeZone = "UTC"
    do {
      _ = try City.run(city)
    } catch {
      throw CommandFailure("\(error) (the benchmark runs in the folder of a checkout)")
    }
  }

  func stop() async { await cluster.stop() }

  /// Waits for an answer that no fallback has a part in: others cost the gateway something else.
  func awaitWholeAnswer(to request: RankRequest) async throws(CommandFailure) {
    guard let source = ReplicaSource(gateway.listen) else {
      throw CommandFailure("\"\(gateway.listen)\" is no address")
    }
    let client = try await Brigade.client("gateway", at: source)
    defer { client.shutDown() }
    let deadline = Instant.now().adding(milliseconds: Self.wholeAnswerMilliseconds)
    var last = "no answer"
    while Instant.now() < deadline {
      switch await client.call(.rank, request, .within(milliseconds: 1_000)).result {
      case .success(let answer) where !answer.degraded && !answer.items.isEmpty: return
      case .success(let answer): last = answer.hops.map(\.why).joined(separator: " ")
      case .failure(let error): last = "\(error)"
      }
    }
    throw CommandFailure("the cluster gives no whole answer: \(last)")
  }
}
