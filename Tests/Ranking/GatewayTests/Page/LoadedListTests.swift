import Definitions
import JSON
import RPC
import Testing

@testable import Gateway

@Suite struct LoadedListTests {
  private typealias Entry = LoadedList.Entry

  private func list(_ tags: [String]) throws -> LoadedList {
    LoadedList(try #require(ServedTags(tags)))
  }

  @Test func `models are told with what they were trained on, the highest version first`() throws {
    let list = try list([
      "default:browse", "model:browse/10 features:6f1c", "model:browse/9", "model:browse/word",
      "shadow:browse/11 features:6f1c",
    ])
    #expect(
      list.entries == [
        Entry(kind: .shadow, name: "browse/11", features: "features:6f1c"),
        Entry(kind: .model, name: "browse/10", features: "features:6f1c"),
        Entry(kind: .model, name: "browse/9"), Entry(kind: .model, name: "browse/word"),
      ])
    #expect(list.leftOut == 0)
  }

  @Test func `which model is the default is told where there are several`() throws {
    let list = try list(["default:browse", "model:browse/1", "model:visits/1"])
    #expect(list.entries.map(\.name) == ["browse/1", "visits/1", "default:browse"])
    #expect(list.entries.map(\.kind) == [.model, .model, .other])
  }

  @Test func `feature sets have a fingerprint and a name, and what is neither is told as it is`()
    throws
  {
    let list = try list(["feature_set:visits/2", "features:6f1c", "features:none", "<b>"])
    #expect(
      list.entries == [
        Entry(kind: .other, name: "<b>"), Entry(kind: .featureSet, name: "visits/2"),
        Entry(kind: .features, name: "features:6f1c"), Entry(kind: .other, name: "features:none"),
      ])
  }

  @Test func `times are told apart from what they are of`() throws {
    let list = try list([
      "model:browse/1", "time:loaded browse/1 90", "time:trained browse/1 60", "time:eaten x 1",
    ])
    #expect(list.entries.map(\.name) == ["browse/1", "time:eaten x 1"])
    #expect(list.times.map(\.tag) == ["time:loaded browse/1 90", "time:trained browse/1 60"])
    var json = JSONWriter()
    json.object { list.write(to: &$0) }
    let times = try #require(try JSONValue(parsing: json.bytes)["times"]?.array)
    #expect(times.map { $0["kind"]?.string } == ["loaded", "trained"])
    #expect(times.map { $0["unixMs"]?.int64 } == [90_000, 60_000])
    #expect(times.allSatisfy { $0["name"]?.string == "browse/1" })
  }

  @Test func `many are counted, and long words cut`() throws {
    let long = String(repeating: "ö", count: 900)
    let list = try list([long] + (1...60).map { "model:browse/\($0)" })
    #expect(list.entries.count == LoadedList.countMax && list.leftOut == 45)
    #expect(list.entries.first?.name == "browse/60")
    let alone = try self.list([long])
    #expect(alone.entries.map(\.name.count) == [LoadedList.textLengthMax])
  }

  @Test func `it is written as members of a replica`() throws {
    var json = JSONWriter()
    let list = try list((1...17).map { "model:browse/\($0) features:6f1c" })
    json.object { list.write(to: &$0) }
    let told = try JSONValue(parsing: json.bytes)
    let first = try #require(told["loaded"]?.array?.first)
    #expect(first["kind"]?.string == "model" && first["name"]?.string == "browse/17")
    #expect(first["features"]?.string == "features:6f1c")
    #expect(told["loadedBesides"]?.int64 == 1)
  }
}
