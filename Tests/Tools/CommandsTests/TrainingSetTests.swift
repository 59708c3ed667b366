import Definitions
import Features
import JSON
import Messages
import TestSupport
import Testing

@testable import Commands

struct TrainingSetTests {
  private let folder = TemporaryFolder()

  private func city() throws -> String {
    let path = folder.file("city")
    var options = CityOptions(
      endMilliseconds: 1_780_109_100_000, features: "\(Checkout.root)/deploy/features.json",
      output: path)
    options.restaurants = 200
    options.users = 20
    options.days = 5
    _ = try City.run(options, compileZone: ImporterTests.zone)
    return path
  }

  /// Orders only, a minute apart, of users who walk about.
  private func visits() throws -> String {
    var items = "id,latitude,longitude,categories\n"
    var events = "time,kind,user,item\n"
    var generator = SeededGenerator(seed: 5)
    for item in 0..<80 {
      items += "v\(item),\(40.7 + Double(item % 9) * 0.01),\(-74 + Double(item / 9) * 0.01),Thai\n"
    }
    for minute in 0..<300 {
      let (user, item) = (
        Int.random(in: 0..<5, using: &generator), Int.random(in: 0..<80, using: &generator)
      )
      events += "\(1_500_000_000 + minute * 60),order,u\(user),v\(item)\n"
    }
    folder.write(items, to: "items.csv")
    folder.write(events, to: "events.csv")
    folder.write(
      """
      {"events": {"time": {"column": "time", "unit": "seconds"}, "kind": "kind", "user": "user",
                  "item": "item"}}
      """, to: "mapping.json")
    var options = ImportOptions(
      items: [folder.file("items.csv")], features: "\(Checkout.root)/deploy/features.json",
      output: folder.file("visits"))
    options.events = [folder.file("events.csv")]
    options.mapping = folder.file("mapping.json")
    _ = try Importer.run(options, compileZone: ImporterTests.zone)
    return options.output
  }

  private func rows(_ name: String) -> [[Substring]] {
    String(decoding: folder.bytes(of: name), as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func `rows come in whole groups, in the order of time, each with something to learn`()
    throws
  {
    let summary = try TrainingSet.run(data: try city(), output: folder.file("rows.csv"))
    let rows = rows("rows.csv")
    #expect(rows[0].prefix(3).joined(separator: ",") == "group,label,time_ms")
    #expect(rows[0].dropFirst(3).map(String.init) == summary.features)
    #expect(rows.count == summary.rows + 1)
    #expect(rows.allSatisfy { $0.count == summary.features.count + 3 })
    let groups = rows.dropFirst().compactMap { Int($0[0]) }
    #expect(zip(groups, groups.dropFirst()).allSatisfy { $1 == $0 || $1 == $0 + 1 })
    #expect(groups.last == summary.groups - 1)
    let times = rows.dropFirst().compactMap { Int64($0[2]) }
    #expect(zip(times, times.dropFirst()).allSatisfy(<=))
    for (group, rows) in Dictionary(grouping: rows.dropFirst(), by: { $0[0] }) {
      #expect(rows.contains { $0[1] != "0" }, "group \(group)")
    }
    #expect(summary.rowsByLabel.values.reduce(0, +) == summary.rows)
  }

  @Test func `the sidecar names the schema of the definition`() throws {
    let data = try city()
    let summary = try TrainingSet.run(data: data, output: folder.file("rows.csv"))
    let sidecar = try JSONValue(parsing: folder.bytes(of: "rows.json"))
    let definition = try FeatureDefinition(
      parsing: folder.bytes(of: "city/features.json"), file: "features.json")
    #expect(sidecar["schema_decimal"]?.string == String(definition.fingerprint))
    let hex = try #require(sidecar["schema"]?.string)
    #expect(UInt64(hex, radix: 16) == definition.fingerprint)
    #expect(hex.count == 16)
    #expect(sidecar["features"]?.array?.compactMap(\.string) == definition.columnNames)
    #expect(sidecar["groups"]?.int64 == Int64(summary.groups))
  }

  @Test func `the same seed gives the same rows, and another one other negatives`() throws {
    let data = try visits()
    _ = try TrainingSet.run(data: data, output: folder.file("a.csv"), seed: 3)
    _ = try TrainingSet.run(data: data, output: folder.file("b.csv"), seed: 3)
    _ = try TrainingSet.run(data: data, output: folder.file("c.csv"), seed: 4)
    #expect(folder.bytes(of: "a.csv") == folder.bytes(of: "b.csv"))
    #expect(folder.bytes(of: "a.csv") != folder.bytes(of: "c.csv"))
  }

  @Test func `orders that answer nothing get negatives, and one row each is the order's`() throws {
    let summary = try TrainingSet.run(data: try visits(), output: folder.file("rows.csv"))
    #expect(summary.groups == 300)
    #expect(summary.rowsByLabel[1] == 300)
    let last = rows("rows.csv").filter { $0[0] == "299" }
    #expect(last.count > 20)
    #expect(last.count <= 41)
  }

  private func candidateOptions() -> CandidateSetOptions {
    var options = CandidateSetOptions()
    options.candidates = 30
    options.negativesMax = 12
    return options
  }

  @Test func `groups of candidates end before the test period and are split by time`() throws {
    let summary = try TrainingSet.runCandidates(
      data: try visits(), output: folder.file("rows.csv"), candidateOptions())
    // 300 visits: from the 60th, learning to the 240th, tuning to the 270th.
    let learningGroups = try #require(summary.learningGroups)
    #expect((1..<180).contains(learningGroups))
    #expect(summary.groups + summary.groupsWithoutLabel == 210)
    let tuneEnd = Int64(1_500_000_000 + 270 * 60) * 1_000
    #expect(try #require(summary.lastMilliseconds) < tuneEnd)
    #expect(try #require(summary.firstMilliseconds) >= Int64(1_500_000_000 + 60 * 60) * 1_000)
    let sidecar = try JSONValue(parsing: folder.bytes(of: "rows.json"))
    #expect(sidecar["split"]?["learn"]?.int64 == Int64(learningGroups))
    #expect(sidecar["split"]?["tune"]?.int64 == Int64(summary.groups - learningGroups))
  }

  @Test func `what retrieval missed is no group, and what is learnt from has fewer strangers`()
    throws
  {
    let summary = try TrainingSet.runCandidates(
      data: try visits(), output: folder.file("rows.csv"), candidateOptions())
    #expect(summary.groupsWithoutLabel > 0, "30 of 80 items miss some")
    let groups = Dictionary(grouping: rows("rows.csv").dropFirst(), by: { Int($0[0]) ?? -1 })
    var learntRows = 0
    for (group, rows) in groups {
      #expect(rows.count { $0[1] == "1" } == 1, "group \(group)")
      let isTuned = group >= summary.learningGroups ?? 0
      // One, twelve strangers, and the user's own.
      if !isTuned { learntRows += rows.count }
      #expect(isTuned ? rows.count == 30 : (13...30).contains(rows.count), "group \(group)")
    }
    #expect(learntRows < 29 * (summary.learningGroups ?? 0))
  }

  @Test func `what comes after the end changes no row`() throws {
    let data = try visits()
    var options = candidateOptions()
    _ = try TrainingSet.runCandidates(data: data, output: folder.file("a.csv"), options)
    options.learnUntilPercent = 40
    options.untilPercent = 60
    let summary = try TrainingSet.runCandidates(
      data: data, output: folder.file("b.csv"), options)
    let (all, part) = (rows("a.csv"), rows("b.csv"))
    let learningGroups = summary.learningGroups ?? 0
    #expect(learningGroups > 10)
    let learnt = part.prefix { $0[0] == "group" || (Int($0[0]) ?? 0) < learningGroups }
    #expect(Array(all.prefix(learnt.count)) == Array(learnt))
  }

  @Test func `without data there is an error and no file`() {
    #expect(throws: ImportError.self) {
      try TrainingSet.run(data: folder.file("none"), output: folder.file("rows.csv"))
    }
    #expect(folder.names.isEmpty)
  }
}
