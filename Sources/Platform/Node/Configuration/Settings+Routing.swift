package import RPC

extension Settings {
  /// How a service deals with the replicas that it calls.
  package mutating func routing() -> RoutingSettings {
    section("routing", "how replicas are chosen, given up and asked twice") { settings in
      var routing = RoutingSettings()
      routing.retries.attemptsMax = settings.integer(
        "attempts_max", default: routing.retries.attemptsMax, in: 1...TriedReplicas.max,
        unit: "attempts", "of one call, its hedge among them")
      let hedged = settings.number(
        "hedge_percent", default: 5, in: 0...50, unit: "percent",
        "of the calls may have a second copy when they are late; 0 sends none")
      routing.hedging.sharePermille = Int64(hedged * 10)
      routing.ejection.consecutiveFailures = settings.integer(
        "eject_failures", default: routing.ejection.consecutiveFailures, in: 0...1_000,
        unit: "failures", "in a row take a replica out for a while; 0 takes none out")
      routing.ejection.latencyFactor = settings.number(
        "eject_latency_factor", default: routing.ejection.latencyFactor, in: 0...1_000,
        "times the median of all that a replica's mean may be; 0 takes none out")
      let ejected = settings.integer(
        "eject_percent_max", default: routing.ejection.sharePermilleMax / 10, in: 0...100,
        unit: "percent", "of the replicas may be out at once; of two or more, one always may")
      routing.ejection.sharePermilleMax = ejected * 10
      return routing
    }
  }
}
