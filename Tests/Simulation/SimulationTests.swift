internal import RPC
internal import Simulation
import Testing

/// That the simulation can fail: without its policies a situation is as bad as it is made.
struct SimulationTests {
  private func load(_ change: (inout Load) -> Void = { _ in }) -> Load {
    var load = Load()
    load.requestsPerSecond = 1_500
    load.seconds = 3
    change(&load)
    return load
  }

  @Test(arguments: simulationSeeds.prefix(5))
  func `healthy replicas share the load within a third`(seed: UInt64) {
    var simulation = Simulation(
      replicas: 5, callers: 1, seed: seed, load: load { $0.requestsPerSecond = 3_000 })
    let result = simulation.run()
    let shares = (0..<5).map { result.share(of: $0) * 5 }
    #expect(shares.allSatisfy { (0.667...1.333).contains($0) }, "seed \(seed): \(shares)")
    #expect(result.failed == 0, "seed \(seed)")
  }

  @Test func `a call that must run once is lost with its replica`() {
    func failed(_ safety: Safety) -> Int {
      var simulation = Simulation(replicas: 5, seed: 3, load: load { $0.safety = safety })
      simulation.at(seconds: 1) { $0.disconnect(2) }
      return simulation.run().failed
    }
    #expect(failed(.once) > 0)
    #expect(failed(.idempotent) == 0)
  }

  @Test func `without ejection and patience stuck replicas cost their share of the calls`() {
    func failed(_ settings: RoutingSettings, attemptMilliseconds: Int64) -> Int {
      var simulation = Simulation(
        replicas: 10, seed: 4,
        load: load { $0.attemptMilliseconds = attemptMilliseconds }, routing: settings)
      simulation.setBehaviour(.stuck, of: 3)
      return simulation.run().failed
    }
    var none = RoutingSettings()
    none.retries.attemptsMax = 1
    none.ejection.consecutiveFailures = 0
    #expect(failed(none, attemptMilliseconds: 1_000) > 5)
    #expect(failed(RoutingSettings(), attemptMilliseconds: 100) == 0)
  }

  @Test func `without admission an overload is answered late or not at all`() {
    func goodput(isAdaptive: Bool) -> Double {
      var settings = AdmissionSettings()
      settings.isAdaptive = isAdaptive
      let capacity = 4_000 / ServiceTime().meanMilliseconds
      var simulation = Simulation(
        replicas: 4, callers: 1, seed: 6,
        load: load {
          $0.requestsPerSecond = capacity * 3
          $0.deadlineMilliseconds = 250
          $0.attemptMilliseconds = 125
        }, kind: .loop, admission: settings)
      return simulation.run().answersPerSecond(1..<3) / capacity
    }
    let (with, without) = (goodput(isAdaptive: true), goodput(isAdaptive: false))
    #expect(with > 0.8, "\(with)")
    #expect(without < 0.6, "\(without)")
  }

  @Test func `a slow start spares a cold replica`() {
    var simulation = Simulation(
      replicas: 10, callers: 1, seed: 8,
      load: load {
        $0.requestsPerSecond = 3_000
        $0.seconds = 6.4
      })
    simulation.at(seconds: 0) { $0.disconnect(9) }
    var before = 0
    simulation.at(seconds: 5.4) {
      before = $0.replicas[9].attempts
      $0.connect(9)
    }
    let result = simulation.run()
    let share = Double(result.attempts[9] - before) / 3_000
    // Of a tenth, a tenth to a fifth in the first second, twice as often as it is the emptier one.
    #expect((0.003...0.05).contains(share), "\(share)")
  }

  @Test func `a replica that stands still answers nothing, and what came then when it goes on`() {
    var simulation = Simulation(replicas: 1, callers: 1, seed: 9, load: load(), kind: .loop)
    simulation.replicas[0].serviceTime.floorMilliseconds = 0.1
    simulation.replicas[0].serviceTime.tailMilliseconds = 0
    simulation.at(seconds: 1) { $0.stop(0, seconds: 0.25) }
    let result = simulation.run()
    #expect(result.answersPerSecond(1.01..<1.25) == 0)
    #expect(result.during(1.01..<1.2).answeredShare > 0)
    #expect(result.during(1.4..<3).answeredShare == 1)
  }

  @Test func `what one caller asks in one moment is read in one turn`() {
    var settings = AdmissionSettings()
    settings.queueDepthMax = 2
    var simulation = Simulation(
      replicas: 1, callers: 1, seed: 11, load: load { $0.requestsPerSecond = 1e-6 }, kind: .loop,
      admission: settings)
    simulation.at(seconds: 1) { $0.ask(5, of: 0, deadlineMilliseconds: 1_000) }
    let result = simulation.run()
    #expect(result.requests == 5)
    #expect(result.refusals == 3, "none was begun before all were read")
  }

  @Test func `what is left while its replica stands still is not run there`() {
    func result(seconds: Double) -> (handlersRun: Int, requests: Int, retries: Int) {
      var simulation = Simulation(
        replicas: 2, callers: 1, seed: 10,
        load: load {
          $0.requestsPerSecond = 400
          $0.deadlineMilliseconds = 50
          $0.attemptMilliseconds = 5
        }, kind: .loop)
      for replica in 0..<2 {
        simulation.replicas[replica].serviceTime.floorMilliseconds = 0.05
        simulation.replicas[replica].serviceTime.tailMilliseconds = 0
      }
      for round in 0..<20 {
        simulation.at(seconds: 0.5 + Double(round) * 0.1) { $0.stop(0, seconds: seconds) }
      }
      let result = simulation.run()
      return (
        simulation.replicas.reduce(0) { $0 + $1.handlersRun }, result.requests,
        Int(result.counts.retries)
      )
    }
    let stopped = result(seconds: 0.04)
    #expect(stopped.retries > 0)
    #expect(stopped.handlersRun == stopped.requests, "cancels are read before anything is run")
    let undisturbed = result(seconds: 0)
    #expect(undisturbed.handlersRun == undisturbed.requests && undisturbed.retries == 0)
  }
}
