import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport

@testable import Gateway

/// A gateway before fake services, with budgets that no slow machine exhausts unless a test sets
/// them, and without exploration.
final class RunningGateway: Sendable {
  let services: FakeServices
  let folder = TemporaryFolder()
  let caller: TestCaller
  let environment = ServiceEnvironment.ofTest(replica: "gateway-1")
  private let fakes: ServedMethods
  private let advertiser = Advertiser()
  private let service: GatewayService
  private let gateway: ServedMethods

  /// - Parameters:
  ///   - absent: services of which no replica is known.
  ///   - arguments: settings over those above.
  ///   - left: in the spool, by an earlier run.
  ///   - serves: what the services say they have loaded.
  init(
    absent: Set<String> = [], _ arguments: [String] = [], spooling: Bool = false,
    left: [AppendRequest] = [], serves: [String] = [],
    _ change: (inout FakeAnswers) -> Void = { _ in }
  ) async throws {
    if !left.isEmpty { try Samples.spool(left, in: folder.file("spool")) }
    var answers = FakeAnswers()
    change(&answers)
    let services = FakeServices(answers)
    self.services = services
    advertiser.advertise(serves)
    fakes = try ServedMethods("fake-1", advertiser: advertiser) { _ in services.methods() }
    try Samples.write(
      (0..<8).map { Samples.item("p\($0)", north: 0.001 * Double($0)) },
      to: folder.file("popular.brigade"))
    var given: [String: String] = [
      "--budget-ms": "20000", "--retrieval.budget-ms": "6000", "--features.budget-ms": "6000",
      "--features.user-budget-ms": "6000", "--inference.budget-ms": "6000",
      "--retrieval.attempt-ms": "6000", "--features.attempt-ms": "6000",
      "--inference.attempt-ms": "6000", "--policy.exploration-rate": "0",
      "--popular": folder.file("popular.brigade"),
    ]
    if spooling { given["--spool"] = folder.file("spool") }
    for service in ["retrieval", "features", "inference"] where !absent.contains(service) {
      given["--\(service).replicas"] = fakes.address.description
    }
    for pair in stride(from: 0, to: arguments.count, by: 2) {
      given[arguments[pair]] = arguments[pair + 1]
    }
    let settings = try TestSettings.read(
      GatewayConfiguration.self, given.map { "\($0.key)=\($0.value)" })
    service = try GatewayService(settings, in: environment)
    gateway = try ServedMethods(service)
    caller = try await TestCaller(gateway.address)
  }

  var address: Address { gateway.address }

  /// What the admin port would answer.
  func page(_ path: String, query: String = "") -> HTTPResponse? {
    environment.pages.answer(
      HTTPRequest(method: "GET", path: path, query: query, keepsAlive: true))
  }

  /// The services have loaded something else.
  func advertise(_ tags: [String]) { advertiser.advertise(tags) }

  /// As at the end of its process. Blocks.
  func finish(withinMilliseconds milliseconds: Int64) {
    service.finish(before: .now().adding(milliseconds: milliseconds))
  }

  var spooled: [AppendRequest] {
    get throws { try Samples.spooled(in: folder.file("spool")) }
  }

  /// The sample of a metric, given as the page has it: with its labels.
  func metric(_ series: String) -> String? { Samples.metric(series, environment.metrics) }

  func rank(
    milliseconds: Int64 = TestCaller.patienceMilliseconds,
    _ change: (inout RankRequest) -> Void = { _ in }
  ) async throws -> RankResponse {
    var request = Samples.request
    change(&request)
    return try await caller.answer(.rank, request, milliseconds: milliseconds)
  }
}

extension RankResponse {
  var ids: [String] { items.map(\.id) }

  func hop(_ method: String) -> Hop? { hops.first { $0.method.hasSuffix("/" + method) } }

  /// `Search primary, Get primary, …` in the pipeline's order.
  var rungs: String {
    ["Search", "Get", "Assemble", "Score"].compactMap { name in
      hop(name).map { "\(name) \($0.rung)" }
    }.joined(separator: ", ")
  }
}
