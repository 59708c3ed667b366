import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Storage
import TestSupport
import Testing

@testable import Retrieval

@Suite struct RetrievalServiceTests {
  private let folder = TemporaryFolder()

  private func write(_ records: [some Message], to name: String, kind: String) throws {
    let writer = try RecordWriter(creating: folder.file(name), kind: kind)
    for record in records { try writer.append(record.encoded()) }
    try writer.finish()
  }

  private func writeCity() throws -> City {
    let city = try City(seed: 3, items: 60, orders: 100)
    try write(
      city.zones.map(CatalogueRecord.zone) + city.items.map(CatalogueRecord.item),
      to: "catalogue.brigade", kind: Catalogue.kind)
    try write(city.orders, to: "events.brigade", kind: EventLog.kind)
    return city
  }

  private func service(_ arguments: [String] = []) throws -> RetrievalService {
    let settings = try TestSettings.read(
      RetrievalConfiguration.self, ["--data", folder.path] + arguments)
    return try RetrievalService(settings, in: .ofTest())
  }

  private func startupError() -> String {
    do {
      _ = try service()
      return "started"
    } catch {
      return "\(error)"
    }
  }

  private func request(_ change: (inout SearchRequest) -> Void = { _ in }) -> SearchRequest {
    var request = SearchRequest()
    request.place = City.center.place
    request.nowMilliseconds = City.start
    request.filters = Filters()
    request.filters?.includeClosed = true
    request.filters?.radiusKilometres = 100
    change(&request)
    return request
  }

  @Test func `the files' catalogue and log are searched as the engine does it`() async throws {
    let city = try writeCity()
    let served = try ServedMethods(try service())
    let caller = try await TestCaller(served.address)
    let wanted = request { $0.userID = "user-1" }
    let response = try await caller.answer(.search, wanted)
    let engine = RetrievalEngine(catalogue: city.catalogue, parameters: RetrievalParameters())
    for order in city.orders { engine.apply(order) }
    let expected = engine.search(
      City.center, nowMilliseconds: City.start, userID: "user-1", filters: wanted.filters!,
      limit: 0)
    #expect(response.encoded() == expected.encoded())
    #expect(response.logPosition == 100)
    #expect(!response.ids.isEmpty)
    withExtendedLifetime(served) {}
  }

  @Test func `settings reach the search`() async throws {
    _ = try writeCity()
    let served = try ServedMethods(try service(["--candidates", "3"]))
    let caller = try await TestCaller(served.address)
    #expect(try await caller.answer(.search, request()).keys.count == 3)
    #expect(try await caller.answer(.search, request { $0.limit = 5 }).keys.count == 5)
    withExtendedLifetime(served) {}
  }

  @Test func `files that are missing or damaged are named, with the reason`() throws {
    let catalogue = folder.file("catalogue.brigade")
    #expect(startupError().contains("\(catalogue): "))
    #expect(startupError().contains("No such file or directory"))
    _ = try writeCity()
    let whole = folder.bytes(of: "catalogue.brigade")
    folder.write(Array(whole.dropLast(1)), to: "catalogue.brigade")
    #expect(startupError().contains(catalogue))
    #expect(startupError().contains("incomplete"))
    folder.write(whole, to: "catalogue.brigade")
    try write(City(seed: 1, items: 2).orders, to: "events.brigade", kind: "other")
    #expect(startupError().contains(folder.file("events.brigade")))
    #expect(startupError().contains("holds \"other\" records"))
  }

  @Test func `a log whose last append did not finish is read up to there`() async throws {
    _ = try writeCity()
    folder.write(Array(folder.bytes(of: "events.brigade").dropLast(1)), to: "events.brigade")
    let served = try ServedMethods(try service())
    let caller = try await TestCaller(served.address)
    #expect(try await caller.answer(.search, request()).logPosition == 99)
    withExtendedLifetime(served) {}
  }

  @Test func `a bad request is refused with its field`() async throws {
    _ = try writeCity()
    let served = try ServedMethods(try service())
    let caller = try await TestCaller(served.address)
    func refusal(_ change: (inout SearchRequest) -> Void) async -> String? {
      let error = await caller.failure(.search, request(change))
      if let error { #expect(error.code == .invalidArgument && error.advice == .never) }
      return error?.message.split(separator: ":").first.map(String.init)
    }
    #expect(await refusal { $0.place = nil } == "place")
    #expect(await refusal { $0.place?.latitude = .nan } == "place")
    #expect(await refusal { $0.place?.longitude = 180.5 } == "place")
    #expect(await refusal { $0.nowMilliseconds = 0 } == "now_ms")
    #expect(await refusal { $0.nowMilliseconds = -1 } == "now_ms")
    #expect(
      await refusal { $0.filters?.radiusKilometres = -1 }?.hasPrefix("filters.radius_km") == true)
    #expect(await refusal { $0.filters?.prices = [5] }?.hasPrefix("filters.prices") == true)
    #expect(await refusal { $0.filters = nil } == nil)
    #expect(await refusal { $0.explainIDs = (0..<17).map { "i\($0)" } } == "explain_ids")
    // The end of time and more than anybody needs are odd, not wrong; and nothing traps.
    #expect(
      await refusal {
        $0.nowMilliseconds = .max
        $0.limit = .max
        $0.filters?.includeClosed = false
      } == nil)
    withExtendedLifetime(served) {}
  }
}
