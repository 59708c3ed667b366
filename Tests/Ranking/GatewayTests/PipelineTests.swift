import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import Testing

@testable import Gateway

/// The pipeline with everything in order, and what does not depend on the services.
@Suite struct PipelineTests {
  static let byModel = ["c9", "c8", "c7", "c6", "c5"]
  static let byLightModel = ["c5", "c0", "c1", "c2", "c3"]
  static let byRetrieval = ["c0", "c1", "c2", "c3", "c4"]
  static let byPopularity = ["p0", "p1", "p2", "p3", "p4"]

  @Test func `with every service up the model orders the list`() async throws {
    let gateway = try await RunningGateway()
    let response = try await gateway.rank()
    #expect(response.ids == Self.byModel)
    #expect(response.rungs == "Search primary, Get primary, Assemble primary, Score primary")
    #expect(!response.degraded)
    #expect(response.candidates == 10)
    #expect(response.model == "taste/3")
    #expect(response.requestID == "request")
    #expect(response.nowMilliseconds == Samples.now)
    #expect(response.replica == "gateway-1")
    #expect(response.items.map(\.score) == [9, 8, 7, 6, 5])
    #expect(response.items[0].category == "category 9")
    #expect(response.items.allSatisfy { !$0.explored })
  }

  @Test func `an answer says which events it reflects, and what proposed each item`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { _, _ in
        var response = Samples.search(10)
        response.logPosition = 70
        response.sources = (0..<10).map { $0 == 9 ? 2 : $0 == 8 ? 3 : 1 }
        return response
      }
      $0.assemble = { request, _ in
        var rows = FakeAnswers.rows(request.keys.count)
        rows.logPosition = 90
        return rows
      }
    }
    let response = try await gateway.rank()
    #expect(response.items.map(\.sources) == [2, 3, 1, 1, 1])
    #expect(response.retrievalPosition == 70)
    #expect(response.featuresPosition == 90)
  }

  @Test func `what fell back reflects no events that are known of`() async throws {
    let response = try await RunningGateway(absent: ["retrieval", "features"]).rank()
    #expect(response.ids == Self.byPopularity)
    #expect(response.items.allSatisfy { $0.sources == 1 })
    #expect(response.retrievalPosition == 0)
    #expect(response.featuresPosition == 0)
  }

  @Test func `every hop is written down in the order of its start, with its parts`() async throws {
    let response = try await RunningGateway().rank()
    #expect(
      response.hops.map(\.startMicroseconds) == response.hops.map(\.startMicroseconds).sorted())
    for hop in response.hops {
      #expect(hop.replica == "fake-1")
      #expect(hop.why.isEmpty)
      #expect(hop.attempts.count == 1)
      let parts = hop.queueMicroseconds + hop.handlerMicroseconds + hop.wireMicroseconds
      #expect(parts <= hop.elapsedMicroseconds + 1)
      #expect(hop.startMicroseconds + hop.elapsedMicroseconds <= response.elapsedMicroseconds + 1)
    }
    let assemble = try #require(response.hop("Assemble"))
    #expect(assemble.storedMicroseconds == 3)
    #expect(assemble.requestMicroseconds == 4)
    #expect(response.rulesMicroseconds <= response.elapsedMicroseconds)
  }

  @Test func `services are asked about the request's own time, place, user and filters`()
    async throws
  {
    let gateway = try await RunningGateway(["--model", "taste", "--candidates", "77"]) {
      $0.search = { (request, _) async throws(RPCError) in
        guard request.nowMilliseconds == Samples.now, request.userID == "ann",
          request.place?.latitude == Samples.place.latitude, request.limit == 77,
          request.filters?.prices == [2], request.filters?.radiusKilometres == 10
        else { throw .invalidArgument("search") }
        return Samples.search(10)
      }
      $0.get = { (request, _) async throws(RPCError) in
        guard request.nowMilliseconds == Samples.now, request.userID == "ann" else {
          throw .invalidArgument("get")
        }
        return GetResponse()
      }
      $0.assemble = { (request, _) async throws(RPCError) in
        guard request.nowMilliseconds == Samples.now, request.userID == "ann",
          request.place?.longitude == Samples.place.longitude,
          request.keys == Samples.search(10).keys
        else { throw .invalidArgument("assemble") }
        return FakeAnswers.rows(10)
      }
      $0.score = { (request, _) async throws(RPCError) in
        guard request.model == "taste", request.schema == 7, request.columns == 2 else {
          throw .invalidArgument("score")
        }
        return FakeAnswers.scores((0..<10).map(Double.init))
      }
    }
    let response = try await gateway.rank {
      $0.filters = Filters()
      $0.filters?.prices = [2]
    }
    #expect(response.ids == Self.byModel)
    #expect(!response.degraded)
  }

  @Test func `nobody's features are asked for when nobody asks`() async throws {
    let gateway = try await RunningGateway()
    let response = try await gateway.rank { $0.userID = "" }
    #expect(response.rungs == "Search primary, Assemble primary, Score primary")
    #expect(gateway.services.count(Method.get.name) == 0)
  }

  @Test func `the first head orders the list when a model has several`() async throws {
    let gateway = try await RunningGateway {
      $0.score = { _, _ in
        FakeAnswers.scores((0..<10).flatMap { [Double($0), -100 * Double($0)] }, heads: 2)
      }
    }
    #expect(try await gateway.rank().ids == Self.byModel)
  }

  @Test func `no candidates are an empty answer, and nobody else is asked`() async throws {
    let gateway = try await RunningGateway { $0.search = { _, _ in SearchResponse() } }
    let response = try await gateway.rank()
    #expect(response.items.isEmpty)
    #expect(response.candidates == 0)
    #expect(!response.degraded)
    #expect(response.rungs == "Search primary, Get primary")
    #expect(gateway.services.count(Method.assemble.name) == 0)
  }

  @Test func `a bad request is refused with its field, and no service is asked`() async throws {
    let gateway = try await RunningGateway()
    var request = Samples.request
    request.place = nil
    let error = await gateway.caller.failure(.rank, request)
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "place: required")
    #expect(gateway.services.count(Method.search.name) == 0)
    #expect(outcome(gateway, "refused") == "1")
    #expect(outcome(gateway, "ok") == "0")
  }

  @Test func `what retrieval finds wrong with the request is the user's answer`() async throws {
    let gateway = try await RunningGateway {
      $0.search = { (_, _) async throws(RPCError) in throw .invalidArgument("filters.x: odd") }
    }
    let error = await gateway.caller.failure(.rank, Samples.request)
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "filters.x: odd")
  }

  @Test func `a retried request gets the same list, explored place and all`() async throws {
    let gateway = try await RunningGateway(["--policy.exploration-rate", "1"])
    var lists: Set<[String]> = []
    for id in ["a", "b", "c", "d", "e", "f"] {
      let first = try await gateway.rank { $0.requestID = id }
      let again = try await gateway.rank { $0.requestID = id }
      #expect(first.ids == again.ids, "request \(id)")
      #expect(first.items.map(\.explored) == again.items.map(\.explored))
      #expect(first.items.count { $0.explored } == 1)
      lists.insert(first.ids)
    }
    #expect(lists.count > 1)
  }

  @Test func `requests without an id get one of their own`() async throws {
    let gateway = try await RunningGateway()
    let first = try await gateway.rank { $0.requestID = "" }.requestID
    let second = try await gateway.rank { $0.requestID = "" }.requestID
    #expect(first.utf8.count == 16)
    #expect(first != second)
  }

  private func outcome(_ gateway: RunningGateway, _ name: String) -> String? {
    let line = "brigade_gateway_requests_total{outcome=\"\(name)\"} "
    return gateway.environment.metrics.renderPrometheus().split(separator: "\n")
      .first { $0.hasPrefix(line) }.map { String($0.dropFirst(line.count)) }
  }
}
