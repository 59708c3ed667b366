internal import RPC

extension Scenario {
  static let stall = Scenario(
    name: "stall",
    summary: "replicas stand still for a quarter of a second, twice, by a signal or a handler"
  ) { seed in
    figures(seed, replicas: 4, "one of four stopped") { $0.stop($1, seconds: stallSeconds) }
      + figures(seed, replicas: 4, "one of four hangs") { $0.hang($1, seconds: stallSeconds) }
      + figures(seed, replicas: 1, "the only one stopped") { $0.stop($1, seconds: stallSeconds) }
      + figures(seed, replicas: 1, "the only one hangs") { $0.hang($1, seconds: stallSeconds) }
  }

  private static let stalls = 2
  private static let stallSeconds = 0.25
  /// From the end of a stall to calls being answered as before.
  private static let recoverySeconds = 0.5

  /// Handlers of a tenth of a millisecond for callers who have twenty, and ask eight times at once: a
  /// stall that is taken for the pace would have all but one of the eight refused, for ever. It can be
  /// taken for that where somebody who waited is still wanted when it is over, so that each stall
  /// comes while the calls of one wait who has a second. Nobody has after it: those who have time to
  /// wait would show that nobody needs to.
  private static func figures(
    _ seed: UInt64, replicas: Int, _ title: String,
    stall: @escaping (inout Simulation, Int) -> Void
  ) -> [Figure] {
    var serviceTime = ServiceTime()
    serviceTime.floorMilliseconds = 0.08
    serviceTime.tailMilliseconds = 0.02
    serviceTime.hiccupShare = 0
    var load = Load()
    load.requestsPerSecond = Double(replicas) * 1_600
    load.together = 8
    load.seconds = 6
    load.deadlineMilliseconds = 20
    load.attemptMilliseconds = 10
    var simulation = Simulation(
      replicas: replicas, callers: 2, seed: seed, load: load, kind: .loop)
    for replica in 0..<replicas { simulation.replicas[replica].serviceTime = serviceTime }
    for round in 0..<stalls {
      let start = 1 + Double(round) * 2
      // On its way for a tenth of a millisecond, and for each replica a few tenths' work.
      simulation.at(seconds: start - 0.0004) {
        $0.ask(8 * replicas, of: 0, deadlineMilliseconds: 1_000)
      }
      simulation.at(seconds: start) { stall(&$0, round % replicas) }
    }
    var refusedBefore = 0
    simulation.at(seconds: 4) { refusedBefore = $0.replicas.reduce(0) { $0 + $1.refusals } }
    let result = simulation.run()
    let (before, after) = (result.during(0..<1), result.during(4..<6))
    let recovered = (0..<stalls).map { round in
      let end = 1 + Double(round) * 2 + stallSeconds + recoverySeconds
      return result.during(end..<end + 0.5).answeredShare
    }
    return [
      // Of a window's hundred calls to the only replica, one or two are late by themselves.
      Figure(
        "\(title): least answered share 0.5 s after a stall", recovered.min() ?? 0, .atLeast(0.95)),
      Figure(
        "\(title): answered share from 0.75 s after the last, to before",
        after.answeredShare / before.answeredShare, .atLeast(0.99)),
      Figure(
        "\(title): refusals a call then",
        Double(result.refusals - refusedBefore) / Double(after.requests), .atMost(0.02)),
      Figure("\(title): answered share before", before.answeredShare),
      Figure("\(title): ejections", Double(result.counts.ejections)),
    ]
  }
}
