internal import RPC
internal import Simulation
import Testing

struct FleetSimulationTests {
  private static let requests = 4_000

  private func time(_ milliseconds: Double) -> ServiceTime {
    var time = ServiceTime()
    time.floorMilliseconds = milliseconds / 2
    time.tailMilliseconds = milliseconds / 2
    time.hiccupShare = 0
    return time
  }

  /// Two services behind gateways; a request asks the first twice at once, and then the second.
  private func fleet(gateways: Int, _ first: Int, _ second: Int) -> Fleet {
    Fleet(
      gateways: gateways, gatewayTime: time(0.4),
      services: [
        Fleet.Service("rows", replicas: first, serviceTimes: [time(0.2), time(1)]),
        Fleet.Service("scores", replicas: second, serviceTimes: [time(0.5)]),
      ],
      stages: [
        [
          Fleet.Step(
            "Get", service: 0, budgetMilliseconds: 20, attemptMilliseconds: 10, isEssential: false),
          Fleet.Step(
            "Assemble", service: 0, serviceTime: 1, budgetMilliseconds: 45, attemptMilliseconds: 18),
        ], [Fleet.Step("Score", service: 1, budgetMilliseconds: 80, attemptMilliseconds: 35)],
      ])
  }

  private func run(
    _ fleet: Fleet, rate: Double, requests: Int = Self.requests, seed: UInt64 = 1
  ) -> FleetResult {
    var simulation = FleetSimulation(
      fleet, requestsPerSecond: rate, requests: requests, seed: seed)
    return simulation.run()
  }

  @Test(arguments: simulationSeeds.prefix(3))
  func `threads are as busy as Little's law says`(seed: UInt64) {
    let result = run(fleet(gateways: 2, 4, 2), rate: 1_000, requests: 8_000, seed: seed)
    // 1,000 a second of 0.4, of 0.2 + 1 and of 0.5 ms, over 2, 4 and 2 threads; second copies of late
    // calls add a little.
    for (share, expected) in zip(result.busyShares, [0.2, 0.3, 0.25]) {
      #expect((expected * 0.93...expected * 1.1).contains(share), "seed \(seed): \(share)")
    }
    #expect(result.sufferedShare == 0, "seed \(seed)")
  }

  @Test func `every request is answered once, after its stages and the network`() {
    let result = run(fleet(gateways: 4, 8, 4), rate: 100)
    #expect(result.requests == Self.requests - Self.requests / 5)
    #expect(result.latencyNanoseconds.count == result.requests)
    #expect(result.calls >= UInt64(3 * Self.requests))
    // Floors of 0.2, 0.5 and 0.25 ms, and three ways there and back.
    #expect(result.milliseconds(quantile: 0) > 0.95 + 6 * 0.05)
    #expect(result.milliseconds(quantile: 0.5) < 5)
  }

  @Test func `more load waits longer, and what can't be done is degraded or refused`() {
    let p99 = [0.3, 0.7, 0.9].map { share in
      // 3 threads of 1.2 ms serve 2,500 a second.
      run(fleet(gateways: 4, 3, 4), rate: 2_500 * share).milliseconds(quantile: 0.99)
    }
    #expect(p99[0] < p99[1] && p99[1] < p99[2], "\(p99)")
    let over = run(fleet(gateways: 4, 3, 4), rate: 5_000, requests: 8_000)
    #expect(over.sufferedShare > 0.3, "\(over.sufferedShare)")
    #expect(over.latencyNanoseconds.count + over.refused == over.requests)
  }

  @Test func `a gateway with too much to do refuses`() {
    let result = run(fleet(gateways: 1, 40, 20), rate: 6_000, requests: 10_000)
    #expect(result.refused > 1_000, "\(result.refused)")
  }

  @Test func `one seed gives one history, and another seed another one`() {
    let all = (1...2).map { _ in run(fleet(gateways: 2, 4, 2), rate: 1_500).latencyNanoseconds }
    #expect(all[0] == all[1])
    #expect(all[0] != run(fleet(gateways: 2, 4, 2), rate: 1_500, seed: 2).latencyNanoseconds)
  }
}
