/// The charts of plans.
enum CapacityChart {
  /// Replicas by rate.
  static func rates(_ plans: [CapacityPlan], p99Milliseconds: Double) -> LineChart {
    let most = plans.flatMap { $0.replicas.values }.max() ?? 1
    let rate = plans.map(\.requestsPerSecond).max() ?? 1
    let series = zip(ServiceKind.allCases, LineChart.colors).map { service, color in
      LineChart.Series(
        name: service.rawValue, color: color,
        points: plans.map { ($0.requestsPerSecond, Double($0.replicas[service] ?? 0)) })
    }
    return LineChart(
      title: "Replicas that hold a p99 of \(p99Milliseconds.fixed(0)) ms, one of each to spare",
      x: LineChart.axis("requests a second", most: rate),
      y: LineChart.axis("replicas", most: Double(most)), series: series)
  }

  /// Demand over the day, and what the replicas that are ready could take: without one of each, and
  /// no busier than the goal allows.
  static func day(_ plan: DayPlan, _ planner: CapacityPlanner) -> LineChart {
    func capacity(_ service: ServiceKind, _ moment: DayPlan.Moment) -> Double {
      let cost = planner.costs.busyThreads(service, requestsPerSecond: 1)
      return Double((moment.ready[service] ?? 1) - 1) * planner.goal.busyShareMax / cost
    }
    let colors = LineChart.colors
    var series = [
      LineChart.Series(
        name: "demand", color: colors[0],
        points: plan.moments.filter { Int($0.second) % 300 == 0 }.map {
          ($0.second / 3_600, $0.requestsPerSecond)
        }, isFilled: true)
    ]
    for (service, color) in zip(ServiceKind.allCases, colors.dropFirst()) {
      series.append(
        LineChart.Series(
          name: "\(service.rawValue) can take", color: color,
          points: plan.moments.map { ($0.second / 3_600, capacity(service, $0)) }, isStep: true))
    }
    let most = series.flatMap { $0.points.map(\.y) }.max() ?? 1
    let hours = stride(from: 0.0, through: 24, by: 3).map { ($0, "\(Int($0)):00") }
    return LineChart(
      title: "Demand, and capacity with one replica of each service lost",
      x: LineChart.Axis(title: "time of day", ticks: hours, most: 24),
      y: LineChart.axis("requests a second", most: most), series: series)
  }
}
