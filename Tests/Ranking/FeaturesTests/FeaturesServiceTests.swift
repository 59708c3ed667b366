import Definitions
import Messages
import Node
import RPC
import ServingSupport
import Storage
import TestSupport
import Testing

@testable import Features

@Suite struct FeaturesServiceTests {
  private let folder = TemporaryFolder()
  private let now = SmallCity.startMilliseconds + 100 * SmallCity.hour

  private static let definition = """
    {"name": "tiny", "version": 2, "features": [
      {"name": "price", "entity": "item", "kind": "attribute", "column": "price"},
      {"name": "orders", "entity": "user", "kind": "window", "event": "order", "window": "all",
       "aggregate": "count"}]}
    """

  private func write(_ records: [some Message], to name: String, kind: String) throws {
    let writer = try RecordWriter(creating: folder.file(name), kind: kind)
    for record in records { try writer.append(record.encoded()) }
    try writer.finish()
  }

  private func writeData() throws {
    var zone = Zone()
    zone.name = "east"
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [0]
    let items = (1...3).map { index in
      var item = Item()
      item.id = "item\(index)"
      item.place = Coordinate(latitude: 40, longitude: -74).place
      item.price = UInt32(index)
      item.zone = "east"
      return CatalogueRecord.item(item)
    }
    try write([.zone(zone)] + items, to: "catalogue.brigade", kind: Catalogue.kind)
    let events = ["item1", "item2", "item2"].enumerated().map { index, item in
      SmallCity.event(
        .order, SmallCity.startMilliseconds + Int64(index) * SmallCity.hour, item: item,
        id: "e\(index)")
    }
    try write(events, to: "events.brigade", kind: EventLog.kind)
    folder.write(Self.definition, to: "features.json")
  }

  private func service(
    _ arguments: [String] = [], in environment: ServiceEnvironment = .ofTest()
  ) throws -> FeaturesService {
    let settings = try TestSettings.read(
      FeaturesConfiguration.self, ["--data", folder.path] + arguments)
    return try FeaturesService(settings, in: environment)
  }

  private func startupError(_ arguments: [String] = []) -> String {
    do {
      _ = try service(arguments)
      return "started"
    } catch {
      return "\(error)"
    }
  }

  private func get(_ change: (inout GetRequest) -> Void = { _ in }) -> GetRequest {
    var request = GetRequest()
    request.userID = "ann"
    request.nowMilliseconds = now
    change(&request)
    return request
  }

  private func assemble(_ change: (inout AssembleRequest) -> Void = { _ in }) -> AssembleRequest {
    var request = AssembleRequest()
    request.userID = "ann"
    request.nowMilliseconds = now
    request.place = Coordinate(latitude: 40, longitude: -74).place
    request.keys = ["item3", "gone", "item1"].map(itemKey)
    change(&request)
    return request
  }

  @Test func `callers are told which feature set there is, and its columns when they ask`()
    async throws
  {
    try writeData()
    let environment = ServiceEnvironment.ofTest()
    let served = try ServedMethods(try service(in: environment))
    let caller = try await TestCaller(served.address)
    let rows = try await caller.answer(.assemble, assemble { $0.names = true })
    #expect(rows.names == ["price", "orders"])
    #expect(try await caller.answer(.assemble, assemble()).names.isEmpty)
    let fingerprint = String(rows.schema, radix: 16)
    let told = environment.advertiser.tags?.texts ?? []
    #expect(told.prefix(2) == ["feature_set:tiny/2", "features:\(fingerprint)"])
    // How fresh the data are.
    let newest = SmallCity.startMilliseconds + 2 * SmallCity.hour
    #expect(told.count == 4 && told[2].hasPrefix("time:built catalogue "))
    #expect(told.last == "time:event log \(newest / 1_000)")
  }

  @Test func `rows are assembled in the order of the keys`() async throws {
    try writeData()
    let served = try ServedMethods(try service())
    let caller = try await TestCaller(served.address)
    let rows = try await caller.answer(.assemble, assemble())
    #expect(rows.columns == 2)
    #expect(rows.matrix.count == 6)
    #expect([rows.matrix[0], rows.matrix[1], rows.matrix[4], rows.matrix[5]] == [3, 3, 1, 3])
    #expect(rows.matrix[2].isNaN)
    #expect(rows.unknownItems == 1)
    #expect(rows.logPosition == 3)
    let definition = try FeatureDefinition(loading: folder.file("features.json"))
    #expect(rows.schema == definition.fingerprint)
    #expect(rows.names.isEmpty)
    let named = try await caller.answer(.assemble, assemble { $0.names = true })
    #expect(named.names == definition.features.map(\.name) && named.names.count == 2)
    withExtendedLifetime(served) {}
  }

  @Test func `a user's own features and history are as of the request`() async throws {
    try writeData()
    let served = try ServedMethods(try service(["--history-items", "1"]))
    let caller = try await TestCaller(served.address)
    let response = try await caller.answer(.get, get())
    #expect(response.known)
    #expect(response.names == ["orders"])
    #expect(response.values == [3])
    #expect(response.historyKeys == [itemKey("item2")])
    #expect(response.historyOrders == [2])
    #expect(response.logPosition == 3)
    let early = try await caller.answer(
      .get, get { $0.nowMilliseconds = SmallCity.startMilliseconds + 1 })
    #expect(early.values == [1])
    #expect(early.historyKeys == [itemKey("item1")])
    let stranger = try await caller.answer(.get, get { $0.userID = "nobody" })
    #expect(!stranger.known)
    #expect(stranger.historyKeys.isEmpty)
    withExtendedLifetime(served) {}
  }

  @Test func `files that are missing or damaged are named, with the reason`() throws {
    #expect(startupError().contains(folder.file("features.json")))
    try writeData()
    #expect(startupError() == "started")
    folder.write("{", to: "features.json")
    #expect(startupError().contains(folder.file("features.json") + ":1:2"))
    let other = startupError(["--definition", folder.file("other.json")])
    #expect(other.contains(folder.file("other.json")))
    folder.write(Self.definition, to: "features.json")
    folder.write("", to: "events.brigade")
    #expect(startupError().contains(folder.file("events.brigade")))
    folder.write("", to: "catalogue.brigade")
    #expect(startupError().contains(folder.file("catalogue.brigade")))
  }

  @Test func `a bad request is refused with its field`() async throws {
    try writeData()
    let served = try ServedMethods(try service())
    let caller = try await TestCaller(served.address)
    func field<Request, Response>(
      _ method: Method<Request, Response>, _ request: Request
    ) async -> String? {
      let error = await caller.failure(method, request)
      if let error { #expect(error.code == .invalidArgument && error.advice == .never) }
      return error?.message.split(separator: ":").first.map(String.init)
    }
    #expect(await field(.get, get { $0.nowMilliseconds = 0 }) == "now_ms")
    #expect(await field(.assemble, assemble { $0.nowMilliseconds = -5 }) == "now_ms")
    #expect(await field(.assemble, assemble { $0.place = nil }) == "place")
    #expect(await field(.assemble, assemble { $0.place?.latitude = .infinity }) == "place")
    let many = Array(repeating: itemKey("item1"), count: FeatureLimits().rowsMax + 1)
    #expect(await field(.assemble, assemble { $0.keys = many }) == "keys")
    #expect(await field(.assemble, assemble { $0.keys = [] }) == nil)
    #expect(await field(.get, get { $0.nowMilliseconds = .max }) == nil)
    #expect(await field(.assemble, assemble { $0.nowMilliseconds = .max }) == nil)
    withExtendedLifetime(served) {}
  }
}
