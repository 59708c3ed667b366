import Testing

@testable import Commands

struct DayPlannerTests {
  private func curve(ramp minutes: Double = 60) throws -> DayCurve {
    try DayCurve(requestsPerDay: 100_000_000, dinnerFactor: 5, rampMinutes: minutes)
  }

  private func planner(ramp minutes: Double = 60, replicasMin: Int = 3) throws -> DayPlanner {
    DayPlanner(
      planner: ServiceCosts.planner(requests: 1_000), curve: try curve(ramp: minutes),
      replicasMin: replicasMin, podStartSeconds: 30)
  }

  @Test(arguments: [1.0, 15, 60, 240])
  func `a day has as many requests as were asked for, and its peak at dinner`(ramp: Double) throws {
    let curve = try curve(ramp: ramp)
    let rates = stride(from: 0.0, to: DayCurve.daySeconds, by: 10).map(curve.requestsPerSecond)
    let sum: Double = rates.reduce(0, +) * 10
    #expect(abs(sum - curve.requestsPerDay) < curve.requestsPerDay * 0.002)
    let (least, most) = (try #require(rates.min()), try #require(rates.max()))
    #expect(abs(most - curve.peakPerSecond) < 1)
    #expect(least > 0)
    #expect(abs(curve.requestsPerSecond(19 * 3_600) - curve.peakPerSecond) < 1e-6)
  }

  @Test func `a dinner that leaves nothing for the day is refused`() {
    #expect(throws: CapacityProblem.self) {
      try DayCurve(requestsPerDay: 1e6, dinnerFactor: 20, rampMinutes: 60)
    }
  }

  @Test func `an hour's ramp is followed, and fewer replicas run than the peak needs`() throws {
    let plan = try planner(replicasMin: 5).plan(ramps: [])
    #expect(plan.shortSeconds == 0, "\(plan.worst)")
    #expect(plan.worst.busyWithoutOne <= 0.7)
    #expect(plan.worstBehaviour.sufferedShare <= 0.001)
    #expect(plan.replicaHours < plan.fixedReplicaHours)
    #expect(plan.moments.count == 24 * 60)
    let (night, dinner) = (plan.moments[4 * 60], plan.moments[19 * 60 + 10])
    for service in [ServiceKind.gateway, .inference] {
      #expect(try #require(night.ready[service]) == 5)
    }
    #expect(try #require(dinner.ready[.gateway]) >= 9)
    #expect(night.ready[.features] == dinner.ready[.features])
  }

  @Test func `a minute's ramp comes before the pods do, unless enough are kept`() throws {
    let late = try planner(ramp: 1).plan(ramps: [1])
    #expect(late.shortSeconds > 0)
    let need = try #require(late.needs.first)
    let enough = try #require(need.replicasMin.values.max())
    #expect(enough > 3)
    #expect(try planner(ramp: 1, replicasMin: enough).plan(ramps: []).shortSeconds == 0)
    #expect(try planner(ramp: 1, replicasMin: enough - 1).plan(ramps: []).shortSeconds > 0)
  }

  @Test func `the faster dinner comes, the more must be kept`() throws {
    let needs = try planner().plan(ramps: [60, 15, 1]).needs
    for service in [ServiceKind.gateway, .inference] {
      let counts = try needs.map { try #require($0.replicasMin[service]) }
      #expect(counts == counts.sorted(), "\(service): \(counts)")
    }
    // Ten in a hundred more than half, without one of so few, is too much by itself.
    #expect(needs[0].replicasMin == [.gateway: 2, .inference: 5])
    #expect(try #require(needs[2].replicasMin[.gateway]) > 4)
  }

  @Test func `as few as three that aim at half are too few when one is lost`() throws {
    let plan = try planner().plan(ramps: [])
    #expect(plan.shortSeconds > 0)
    #expect(plan.worst.fullest == .inference)
    // Yet answers stay whole, and in time.
    #expect(plan.worstBehaviour.sufferedShare <= 0.001)
    #expect(plan.worstBehaviour.p99Milliseconds <= 50)
  }
}
