import Telemetry
import Testing

@testable import Commands

struct CapacityPlannerTests {
  @Test func `a plan holds its goal with one replica of each service lost`() throws {
    let planner = ServiceCosts.planner()
    let plan = try planner.plan(requestsPerSecond: 3_000)
    #expect(plan.withoutOne.p99Milliseconds <= 50)
    #expect(plan.withoutOne.sufferedShare <= 0.001)
    for (service, busy) in plan.busyThreads {
      let left = try #require(plan.replicas[service]) - 1
      // Little's law, and the room that is to be left.
      #expect(busy / Double(left) <= planner.goal.busyShareMax + 1e-9, "\(service)")
      #expect(busy / Double(max(1, left - 1)) > planner.goal.busyShareMax, "\(service)")
    }
    #expect(plan.busyThreads[.features] == 3)
    #expect(plan.whole.p99Milliseconds <= plan.withoutOne.p99Milliseconds * 1.05)
  }

  @Test func `even the smallest load has two of each`() throws {
    let plan = try ServiceCosts.planner(requests: 500).plan(requestsPerSecond: 1)
    #expect(plan.replicas.values.allSatisfy { $0 == 2 })
    #expect(plan.threads == 8)
  }

  @Test func `more requests never need fewer replicas`() throws {
    let planner = ServiceCosts.planner(p99: 12, requests: 2_000)
    var before: [ServiceKind: Int] = [:]
    for rate in [50.0, 200, 800, 3_200, 12_800] {
      let replicas = try planner.plan(requestsPerSecond: rate).replicas
      for service in ServiceKind.allCases {
        #expect(replicas[service]! >= before[service] ?? 1, "\(service) at \(rate)")
      }
      before = replicas
    }
  }

  @Test func `a stricter goal needs at least as many, and one that nothing holds says so`() throws {
    let rate = 2_000.0
    let loose = try ServiceCosts.planner(requests: 3_000).plan(requestsPerSecond: rate)
    let strict = try ServiceCosts.planner(p99: 5.5, requests: 3_000).plan(requestsPerSecond: rate)
    #expect(strict.threads > loose.threads, "\(strict.replicas)")
    #expect(strict.withoutOne.p99Milliseconds <= 5.5)
    #expect {
      try ServiceCosts.planner(p99: 1, requests: 1_000).plan(requestsPerSecond: rate)
    } throws: {
      "\($0)".hasPrefix("a p99 of 1.0 ms can't be held with any number of replicas")
    }
  }

  @Test func `a hundred thousand requests a second are planned within seconds`() throws {
    let start = Instant.now()
    let plan = try ServiceCosts.planner(requests: 3_000).plan(requestsPerSecond: 100_000)
    let seconds = Double(Instant.now().nanoseconds(since: start)) / 1e9
    // 50, 60, 100 and 40 threads, busy for seven tenths at most, and one more.
    #expect(
      plan.replicas == [.gateway: 73, .retrieval: 87, .features: 144, .inference: 59])
    #expect(seconds < 60, "\(seconds)")
    print("100,000 requests a second were planned in \(seconds) s")
  }
}
