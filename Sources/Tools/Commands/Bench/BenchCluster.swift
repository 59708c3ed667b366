internal import Definitions
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// A small cluster with a simulated city, for a benchmark.
struct BenchCluster {
  /// Enough that each question has its two hundred candidates.
  static let restaurants = 2_000
  private static let users = 300
  private static let days = 7
  /// A Friday, 18:45 in UTC, as everything in that city is.
  private static let nowMilliseconds: Int64 = 1_790_966_700_000
  /// Of this package; the benchmark is for people who have a checkout.
  private static let definition = "deploy/features.json"
  static let models = "deploy/models"
  private static let wholeAnswerMilliseconds: Int64 = 10_000

  private let cluster: EvaluationCluster
  /// The first of the gateways.
  let gateway: ReadyFile
  let replicas: [ServiceKind: [ReadyFile]]

  var gateways: [ReadyFile] { replicas[.gateway, default: []] }

  /// - Parameters:
  ///   - folder: gets what the processes write.
  ///   - data: a data folder.
  ///   - counts: of the replicas, besides gateways.
  ///   - gateways: what each of them is told besides.
  static func start(
    in folder: String, data: String, counts: String = "retrieval=1,features=1,inference=1",
    gateways: [[String]] = [[]]
  ) async throws(CommandFailure) -> BenchCluster {
    var plan = ClusterPlan(
      runFolder: folder, dataFolder: data, modelsFolder: models,
      binaryFolder: UpCommand.ownFolder(), port: 0)
    for (index, arguments) in gateways.enumerated() {
      plan.ownArguments[plan.name(.gateway, index)] = arguments
    }
    let numbers: ReplicaCounts
    do throws(ReplicaCounts.Invalid) {
      numbers = try ReplicaCounts("gateway=\(gateways.count),\(counts)")
    } catch {
      throw CommandFailure(error.description)
    }
    let cluster = EvaluationCluster(plan, numbers)
    do throws(CommandFailure) {
      _ = try await cluster.start()
      var replicas: [ServiceKind: [ReadyFile]] = [:]
      for service in ServiceKind.allCases {
        replicas[service] = try (0..<numbers[service]).map { index throws(CommandFailure) in
          let file = plan.readyFile(plan.name(service, index))
          guard let ready = ReadyFile(reading: file) else {
            throw CommandFailure("there is no \(file)")
          }
          return ready
        }
      }
      guard let gateway = replicas[.gateway]?.first else {
        throw CommandFailure("there is no gateway")
      }
      return BenchCluster(cluster: cluster, gateway: gateway, replicas: replicas)
    } catch {
      await cluster.stop()
      throw error
    }
  }

  /// Starts one, and stops it however the measurement ends.
  static func run<Result>(
    in folder: String, data: String, gateways: [[String]] = [[]],
    _ measure: (BenchCluster) async throws(CommandFailure) -> Result
  ) async throws(CommandFailure) -> Result {
    let cluster = try await start(in: folder, data: data, gateways: gateways)
    do throws(CommandFailure) {
      let result = try await measure(cluster)
      await cluster.stop()
      return result
    } catch {
      await cluster.stop()
      throw error
    }
  }

  /// A data folder.
  static func makeCity(
    in folder: String, restaurants: Int = Self.restaurants
  ) throws(CommandFailure) {
    var city = CityOptions(
      endMilliseconds: nowMilliseconds, features: definition, output: folder)
    (city.restaurants, city.users, city.days) = (restaurants, users, days)
    city.timeZone = "UTC"
    do {
      _ = try City.run(city)
    } catch {
      throw CommandFailure("\(error) (the benchmark runs in the folder of a checkout)")
    }
  }

  func stop() async { await cluster.stop() }

  /// Nanoseconds that the processes of each service have taken of processors so far.
  func processorTimes() throws(CommandFailure) -> [ServiceKind: Int64] {
    var times: [ServiceKind: Int64] = [:]
    for (service, ready) in replicas {
      for one in ready {
        guard let time = ProcessorTime.nanoseconds(of: one.pid) else {
          throw CommandFailure("\(one.replica) is gone")
        }
        times[service, default: 0] += time
      }
    }
    return times
  }

  /// Questions that the city's users may ask.
  static var questions: EdgeQuestions {
    EdgeQuestions(
      users: users, around: CityOptions.defaultCenter, nowMilliseconds: nowMilliseconds)
  }

  /// Waits for an answer of each gateway that no fallback has a part in: others cost it something else.
  func awaitWholeAnswer(to request: RankRequest) async throws(CommandFailure) {
    for gateway in gateways { try await awaitWholeAnswer(to: request, of: gateway) }
  }

  private func awaitWholeAnswer(
    to request: RankRequest, of gateway: ReadyFile
  ) async throws(CommandFailure) {
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
