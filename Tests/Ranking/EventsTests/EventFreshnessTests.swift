import Definitions
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Events

@Suite struct EventFreshnessTests {
  private static let metric = "brigade_test_last_event_timestamp_seconds"
  private let environment = ServiceEnvironment.ofTest()

  private func freshness(newest: Int64) -> EventFreshness {
    EventFreshness(
      Self.metric, newestMilliseconds: newest, tags: ["features:7"],
      times: [ServedTime(.built, "catalogue", unixMilliseconds: 5_000)], in: environment)
  }

  private var told: [String]? { environment.advertiser.tags?.texts }

  @Test func `the newest event's time is shown, whatever the order they come in`() {
    let freshness = freshness(newest: 90_000)
    #expect(environment.metrics.max(Self.metric) == 90)
    freshness.applied(120_500)
    freshness.applied(30_000)
    #expect(environment.metrics.max(Self.metric) == 120.5)
  }

  @Test func `callers are told it beside what is loaded, and anew when asked to`() {
    let freshness = freshness(newest: 90_000)
    #expect(told == ["features:7", "time:built catalogue 5", "time:event log 90"])
    freshness.applied(120_500)
    freshness.tell()
    #expect(told == ["features:7", "time:built catalogue 5", "time:event log 120"])
  }

  @Test func `before the first event there is no time`() {
    let freshness = freshness(newest: 0)
    #expect(environment.metrics.max(Self.metric)?.isNaN == true)
    #expect(told == ["features:7", "time:built catalogue 5"])
    freshness.applied(1_000)
    #expect(environment.metrics.max(Self.metric) == 1)
  }

  @Test func `a catalogue is as old as its file`() throws {
    let folder = TemporaryFolder()
    let before = wallClockMilliseconds()
    folder.write("x", to: "catalogue.brigade")
    let built = CatalogueFreshness(path: folder.file("catalogue.brigade"))
    let milliseconds = try #require(built.builtMilliseconds)
    // A file system's clock may be some milliseconds behind.
    #expect((before - 1_000...wallClockMilliseconds() + 1_000).contains(milliseconds))
    #expect(built.times.map(\.kind) == [.built])
    built.show(in: environment.metrics)
    let shown = environment.metrics.max("brigade_catalogue_built_timestamp_seconds")
    #expect(shown == Double(milliseconds) / 1_000)
  }

  @Test func `of a catalogue that is not there nothing is told`() {
    let built = CatalogueFreshness(path: "/nowhere/catalogue.brigade")
    #expect(built.builtMilliseconds == nil && built.times.isEmpty)
    built.show(in: environment.metrics)
    #expect(environment.metrics.max("brigade_catalogue_built_timestamp_seconds")?.isNaN == true)
  }
}
