import Telemetry
import TestSupport
import Testing

@testable import Commands

@Suite struct TraceWaterfallTests {
  // The tests' output is no terminal, so there are no colours.
  private func lines(_ trace: Trace) -> [String] {
    TraceWaterfall(trace).text(Console(noColor: true)).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
  }

  private func fallenBack(
    _ method: String, microseconds: UInt64, to rung: String, why: String
  ) -> Span {
    var call = SampleTrace.span(90, 1, method, .client, "gateway-1", 0, microseconds)
    call.add("brigade.rung", rung)
    call.add("brigade.why", why)
    return call
  }

  @Test func `a slow request is drawn with what it waited for`() {
    #expect(
      lines(SampleTrace.slow) == [
        "trace 00000000000000000000000000000007 · slow · 2025-06-15T15:06:40.000Z",
        "Gateway/Rank 90.0 ms · request r1 · model browse/1", "",
        "span                replica      start    ms  queue  handler  wire  waited",
        "Gateway/Rank        gateway-1      0.0  90.0    0.0                    1.0  "
          + "█░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░█",
        "  Retrieval/Search  retrieval-1    0.2   1.0    0.1      0.6   0.3     1.0  █",
        "  Inference/Score   inference-2    1.3  88.0    1.0     86.0   1.0    88.0  "
          + "████████████████████████████████",
        "",
        "█ waited for: Inference/Score, handler of inference-2 86.0 ms (96 %) · "
          + "Inference/Score, queue of inference-2 1.0 ms (1 %) · "
          + "Inference/Score, wire to inference-2 1.0 ms (1 %)",
      ])
  }

  @Test func `attempts stand below their call, the loser marked, and a fallback says why`() {
    var trace = SampleTrace.trace(1_000, [])
    var call = SampleTrace.span(10, 1, "Inference/Score", .client, "gateway-1", 0, 1_000)
    call.add("brigade.replica", "inference-2")
    trace.append(call)
    for (id, replica, start, isLost) in [
      (UInt64(11), "inference-1", UInt64(0), true), (12, "inference-2", 500, false),
    ] {
      var attempt = SampleTrace.span(
        id, 10, "Inference/Score", .client, "gateway-1", start, 1_000)
      attempt.add("brigade.attempt", id - 10)
      attempt.add("brigade.hedge", .flag(!isLost))
      attempt.add("brigade.replica", replica)
      attempt.isLost = isLost
      trace.append(attempt)
    }
    trace.append(
      fallenBack("Features/Assemble", microseconds: 10, to: "lightModel", why: "no replica"))
    let lines = lines(trace)
    #expect(
      lines.contains { $0.hasPrefix("    attempt 1, lost") && $0.contains("inference-1") })
    #expect(
      lines.contains { $0.hasPrefix("    attempt 2, hedge") && $0.contains("inference-2") })
    #expect(lines.contains { $0.contains("Features/Assemble") && $0.contains(" (light model)") })
    #expect(lines.last == "Features/Assemble: light model — no replica")
  }

  @Test func `a failed attempt's row has its replica's time, the call's row has not`() throws {
    var trace = SampleTrace.trace(100_000, [])
    var call = SampleTrace.span(10, 1, "Inference/Score", .client, "gateway-1", 0, 90_000)
    call.add("brigade.rung", "lightModel")
    trace.append(call)
    var asked = SampleTrace.span(11, 10, "Inference/Score", .client, "gateway-1", 0, 90_000)
    asked.add("brigade.attempt", 1)
    asked.add("brigade.replica", "inference-1")
    asked.fail("INTERNAL: it failed")
    trace.append(asked)
    var server = SampleTrace.span(
      12, 11, "Inference/Score", .server, "inference-1", 5_000, 85_000)
    server.add("error.type", "INTERNAL")
    server.add("brigade.queue_us", 500)
    server.add("brigade.handler_us", 79_500)
    trace.append(server)
    let lines = lines(trace)
    let row = try #require(lines.first { $0.hasPrefix("    attempt 1") })
    #expect(row.contains(" inference-1 ") && row.contains("0.5     79.5"), "\(row)")
    let whole = try #require(lines.first { $0.hasPrefix("  Inference/Score") })
    #expect(whole.contains(" (light model) ") && !whole.contains("79.5"), "\(whole)")
    #expect(
      lines.last?.hasPrefix(
        "█ waited for: Inference/Score, handler of inference-1 79.5 ms (80 %)") == true)
  }

  @Test func `a request that was not answered says how it ended, and why`() {
    func drawn(_ change: (inout Span) -> Void) -> [String] {
      var trace = SampleTrace.trace(100, [])
      change(&trace.root)
      return lines(trace)
    }
    let refused = drawn {
      $0.add("rpc.response.status_code", "INVALID_ARGUMENT")
      $0.add("brigade.message", "place: required")
    }
    #expect(
      refused[1] == "Gateway/Rank 0.1 ms · INVALID_ARGUMENT · request r1 · model browse/1")
    #expect(refused.last == "not answered: place: required")
    let failed = drawn {
      $0.add("rpc.response.status_code", "INTERNAL")
      $0.add("brigade.message", "broken")
      $0.fail("INTERNAL: broken")
    }
    #expect(
      failed[1].hasPrefix("Gateway/Rank 0.1 ms · INTERNAL · ")
        && failed.last == "failed: INTERNAL: broken")
    let whole = drawn { $0.add("rpc.response.status_code", "OK") }
    #expect(whole[1] == "Gateway/Rank 0.1 ms · request r1 · model browse/1")
  }

  @Test func `what was ranked without is no replica's name`() {
    var trace = SampleTrace.slow
    trace.append(fallenBack("Features/Get", microseconds: 9_000, to: "without", why: "late"))
    let lines = lines(trace)
    #expect(
      lines.contains { $0.contains("Features/Get") && $0.contains(" (none, ranked without) ") })
    #expect(lines.last == "Features/Get: none, ranked without — late")
  }

  @Test func `strange spans are drawn within the bars, and circles end`() {
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      var trace = SampleTrace.trace(.random(in: 0...3, using: &random) * 1_000, [])
      for _ in 0..<8 {
        var span = Span(
          id: .random(in: 0...6, using: &random), parent: .random(in: 0...6, using: &random),
          name: "x", kind: .client, service: "s",
          startMicroseconds: random.chance(5) ? .max : .random(in: 0...4_000, using: &random),
          durationMicroseconds: random.chance(5) ? .max : .random(in: 0...4_000, using: &random))
        span.isLost = random.chance(3)
        trace.append(span)
      }
      let widest = lines(trace).map(\.count).max() ?? 0
      #expect(widest < 200, "seed \(seed)")
    }
  }

  @Test func `the arms stand below the request`() {
    var root = SampleTrace.slow.root
    root.add("brigade.experiment.variety", "treatment")
    root.add("brigade.experiment.model", "next")
    root.add("brigade.experiment.model.not_applied", "browse/1 scored instead")
    let trace = Trace(
      id: SampleTrace.slow.id, requestID: "r1", reasons: .slow, weight: 1,
      startUnixNanoseconds: 0, root: root)
    #expect(
      lines(trace)[2]
        == "experiments: variety=treatment · model=next (not applied: browse/1 scored instead)")
  }
}
