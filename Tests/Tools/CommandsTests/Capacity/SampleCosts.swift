@testable import Commands

extension ServiceCosts {
  /// Round numbers, as a machine of some years ago has them.
  static var sample: ServiceCosts {
    ServiceCosts(
      candidates: 200, model: "model.txt", modelLoadMilliseconds: 20, machine: "test",
      processorMicroseconds: [
        .gateway: 500, .retrieval: 600, .features: 1_000, .inference: 400,
      ],
      handlers: [
        "Get": Handler(meanMicroseconds: 100, p99Microseconds: 300),
        "Search": Handler(meanMicroseconds: 500, p99Microseconds: 1_500),
        "Assemble": Handler(meanMicroseconds: 700, p99Microseconds: 1_400),
        "Score": Handler(meanMicroseconds: 300, p99Microseconds: 600),
      ])
  }

  static func planner(
    p99 milliseconds: Double = 50, requests: Int = 4_000
  ) -> CapacityPlanner {
    var goal = CapacityPlanner.Goal()
    goal.p99Milliseconds = milliseconds
    return CapacityPlanner(costs: .sample, goal: goal, seed: 1, requests: requests)
  }
}
