import Telemetry
import Testing

@testable import Commands

struct ReplicaSampleTests {
  private let start = Instant(nanoseconds: 5_000_000_000)

  private func page(
    _ counts: [(bound: String, count: Int)], method: String = "brigade.v1.Gateway/Rank"
  )
    -> String
  {
    counts.map { bound, count in
      "rpc_server_call_duration_seconds_bucket{rpc_method=\"\(method)\","
        + "rpc_response_status_code=\"OK\",le=\"\(bound)\"} \(count)"
    }.joined(separator: "\n")
      + "\nrpc_server_call_duration_seconds_sum{} 3\nother_bucket{le=\"1\"} 7\n"
  }

  @Test func `rates and quantiles are of the time between two samples`() throws {
    let earlier = ReplicaSample(
      metrics: page([("0.001", 100), ("0.002", 100), ("+Inf", 100)]), at: start)
    let later = ReplicaSample(
      metrics: page([("0.001", 150), ("0.002", 200), ("+Inf", 200)]),
      at: start.adding(milliseconds: 2_000))
    let rates = try #require(later.since(earlier))
    #expect(rates.perSecond == 50)
    #expect(rates.p50 == 0.001)
    #expect(try abs(#require(rates.p99) - 0.00198) < 1e-9)
  }

  @Test func `several codes and methods are added; what is no work is left out`() throws {
    let empty = ReplicaSample(metrics: page([("0.001", 0), ("+Inf", 0)]), at: start)
    let text =
      page([("0.001", 4), ("+Inf", 4)])
      + page([("0.001", 6), ("+Inf", 6)], method: "brigade.v1.Features/Get")
      + page([("0.001", 90), ("+Inf", 90)], method: "brigade.v1.Health/Check")
      + page([("0.001", 90), ("+Inf", 90)], method: "brigade.v1.Reflection/List")
      + page([("0.001", 0), ("+Inf", 90)], method: "brigade.v1.Events/Follow")
    let rates = try #require(
      ReplicaSample(metrics: text, at: start.adding(milliseconds: 1_000)).since(empty))
    #expect(rates.perSecond == 10)
    #expect(try #require(rates.p99) < 0.001)
  }

  @Test func `beyond the last bound its value stands for all`() throws {
    let empty = ReplicaSample(metrics: page([("0.5", 0), ("+Inf", 0)]), at: start)
    let slow = ReplicaSample(
      metrics: page([("0.5", 0), ("+Inf", 10)]), at: start.adding(milliseconds: 1_000))
    #expect(try #require(slow.since(empty)).p50 == 0.5)
  }

  @Test func `nothing is said of a restarted or silent replica`() throws {
    let many = ReplicaSample(metrics: page([("0.001", 50), ("+Inf", 50)]), at: start)
    let few = ReplicaSample(
      metrics: page([("0.001", 5), ("+Inf", 5)]), at: start.adding(milliseconds: 1_000))
    #expect(few.since(many) == nil)
    #expect(many.since(many) == nil)
    let same = ReplicaSample(
      metrics: page([("0.001", 50), ("+Inf", 50)]), at: start.adding(milliseconds: 1_000))
    let rates = try #require(same.since(many))
    #expect(rates.perSecond == 0)
    #expect(rates.p50 == nil)
    let nothing = ReplicaSample(metrics: "garbage {le=\n", at: start.adding(milliseconds: 1_000))
    #expect(nothing.since(many)?.perSecond == 0)
  }
}
