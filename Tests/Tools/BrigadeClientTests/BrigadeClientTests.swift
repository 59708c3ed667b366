import BrigadeClient
import Messages
import RPC
import ServingSupport
import Testing

struct BrigadeClientTests {
  private func gateway(
    rank: @escaping @Sendable (RankRequest) throws(RPCError) -> RankResponse = { _ in
      RankResponse()
    },
    append: @escaping @Sendable (AppendRequest) throws(RPCError) -> AppendResponse = { _ in
      AppendResponse()
    }
  ) throws -> ServedMethods {
    try ServedMethods("gateway-1") { _ in
      var table = MethodTable()
      table.answer(.rank) { (request, _) throws(RPCError) in try rank(request) }
      table.answer(.append) { (request, _) throws(RPCError) in try append(request) }
      return table
    }
  }

  private var question: BrigadeQuestion {
    var question = BrigadeQuestion(
      userID: "u1", latitude: 37.75, longitude: -122.5, nowMilliseconds: 1_000, count: 3)
    question.categories = ["Thai"]
    question.prices = [1, 2]
    question.radiusKilometres = 4
    question.requestID = "r1"
    question.forcedArms = ["variety": "treatment", "head": "control"]
    return question
  }

  @Test func `a question arrives whole, and its answer is read`() async throws {
    let server = try gateway(rank: { request throws(RPCError) in
      let filters = request.filters
      guard request.userID == "u1", request.place?.latitude == 37.75,
        request.place?.longitude == -122.5, request.nowMilliseconds == 1_000,
        request.count == 3, request.requestID == "r1", filters?.categories == ["Thai"],
        filters?.prices == [1, 2], filters?.radiusKilometres == 4,
        request.forceArms == ["head=control", "variety=treatment"]
      else { throw .invalidArgument("\(request)") }
      var item = RankedItem()
      (item.id, item.name, item.score, item.rating) = ("i1", "One", 0.5, -1)
      var hop = Hop()
      (hop.method, hop.why) = ("brigade.v1.Inference/Score", "nobody there")
      var arm = Arm()
      (arm.experiment, arm.arm, arm.applied) = ("variety", "treatment", true)
      var response = RankResponse()
      response.requestID = "r1"
      response.arms = [arm]
      response.items = [item]
      response.degraded = true
      response.hops = [hop]
      return response
    })
    let client = try await BrigadeClient(gateways: [server.address.description])
    defer { client.close() }
    let ranking = try await client.rank(question)
    #expect(ranking.requestID == "r1")
    #expect(ranking.items.map(\.id) == ["i1"])
    #expect(ranking.items.first?.price == nil)
    #expect(ranking.items.first?.rating == nil)
    #expect(ranking.arms.map(\.name) == ["treatment"])
    #expect(ranking.arms.first?.experiment == "variety" && ranking.arms.first?.isApplied == true)
    #expect(ranking.arms.first?.isForced == false)
    #expect(ranking.isDegraded)
    #expect(ranking.fallbacks == ["brigade.v1.Inference/Score: nobody there"])
  }

  @Test func `events arrive whole, and the receipt tells what became of them`() async throws {
    let server = try gateway(append: { request throws(RPCError) in
      guard request.events.count == 1, let event = request.events.first, event.id == "e1",
        event.kind == .order, event.place?.latitude == 1, event.value == 12.5
      else { throw .invalidArgument("\(request)") }
      var response = AppendResponse()
      (response.position, response.appended, response.copies) = (7, 1, 2)
      return response
    })
    let client = try await BrigadeClient(gateways: [server.address.description])
    defer { client.close() }
    var event = BrigadeEvent(
      id: "e1", kind: .order, timeMilliseconds: 5, userID: "u", itemID: "i")
    event.place = BrigadeEvent.Place(latitude: 1, longitude: 2)
    event.value = 12.5
    let receipt = try await client.append([event])
    #expect(receipt.position == 7)
    #expect(receipt.appended == 1)
    #expect(receipt.copies == 2)
  }

  @Test func `a refused request says why, and that it is no use again`() async throws {
    let server = try gateway(rank: { _ throws(RPCError) in
      throw .invalidArgument("place.latitude: 400.0 is not in -90.0...90.0")
    })
    let client = try await BrigadeClient(gateways: [server.address.description])
    defer { client.close() }
    let failure = await #expect(throws: BrigadeFailure.self) { try await client.rank(question) }
    #expect(failure?.code == "INVALID_ARGUMENT")
    #expect(failure?.message.contains("place.latitude") == true)
    #expect(failure?.isWorthRetrying == false)
  }

  @Test func `a gateway that is not there is left for another`() async throws {
    let server = try gateway()
    let client = try await BrigadeClient(
      gateways: ["unix:/nowhere/brigade.sock", server.address.description])
    defer { client.close() }
    _ = try await client.rank(question, timeoutMilliseconds: 20_000)
  }

  @Test func `nobody there is a failure worth retrying, and no address is none`() async throws {
    let client = try await BrigadeClient(gateways: ["unix:/nowhere/brigade.sock"])
    defer { client.close() }
    let lost = await #expect(throws: BrigadeFailure.self) { try await client.rank(question) }
    #expect(lost?.isWorthRetrying == true)
    let bad = await #expect(throws: BrigadeFailure.self) {
      _ = try await BrigadeClient(gateways: ["nonsense"])
    }
    #expect(bad?.code == "INVALID_ARGUMENT")
  }
}
