import Testing

@testable import Commands

struct HandlerTimesTests {
  private func page(_ counts: (Int, Int, Int), sum: Double, method: String = "Search") -> String {
    let name = "rpc_server_call_duration_seconds"
    func labels(_ bound: String) -> String {
      "{rpc_method=\"brigade.v1.Retrieval/\(method)\",rpc_response_status_code=\"OK\""
        + (bound.isEmpty ? "}" : ",le=\"\(bound)\"}")
    }
    return """
      # TYPE \(name) histogram
      \(name)_bucket\(labels("0.001")) \(counts.0)
      \(name)_bucket\(labels("0.002")) \(counts.1)
      \(name)_bucket\(labels("+Inf")) \(counts.2)
      \(name)_sum\(labels("")) \(sum)
      \(name)_count\(labels("")) \(counts.2)

      """
  }

  @Test func `what came between two pages has its own mean and quantiles`() throws {
    let before = HandlerTimes("Retrieval/Search", in: page((10, 10, 10), sum: 0.005))
    let after = HandlerTimes("Retrieval/Search", in: page((60, 110, 110), sum: 0.135))
    let between = after.since(before)
    #expect(between.count == 100)
    #expect(abs(try #require(between.meanMicroseconds) - 1_300) < 1e-6)
    #expect(abs(try #require(between.microseconds(quantile: 0.5)) - 1_000) < 1e-6)
    #expect(abs(try #require(between.microseconds(quantile: 0.99)) - 1_980) < 1e-6)
  }

  @Test func `other methods and what was never called say nothing`() {
    let times = HandlerTimes("Retrieval/Search", in: page((1, 2, 3), sum: 1, method: "SearchAll"))
    #expect(times.count == 0)
    #expect(times.meanMicroseconds == nil)
    #expect(times.microseconds(quantile: 0.5) == nil)
  }

  @Test func `beyond the last bound the last bound is told`() {
    let times = HandlerTimes("Retrieval/Search", in: page((0, 0, 5), sum: 20))
    #expect(times.microseconds(quantile: 0.5) == 2_000)
  }
}
