internal import JSON

/// Plans as tables for people or as JSON for programs.
struct CapacityReport {
  let planner: CapacityPlanner
  /// Ascending rates; the last one is what was asked for.
  let plans: [CapacityPlan]
  let day: DayPlan?

  // MARK: Text

  var text: String {
    let parts =
      [costsText, day == nil ? "" : "at dinner's peak"] + [plans.last.map(planText) ?? ""]
    return
      (parts + [plans.count > 1 ? ratesText : "", day.map(dayText) ?? "", leftOut])
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var costsText: String {
    let costs = planner.costs
    var table = TextTable([
      "measured": .left, "processor ms a request": .right, "handler mean ms": .right,
      "p99 ms": .right,
    ])
    for service in [.gateway] + ServiceCosts.called {
      let processor = ((costs.processorMicroseconds[service] ?? 0) / 1_000).fixed(3)
      let calls = ServiceCosts.calls.filter { $0.service == service }
      table.append([service.rawValue, processor, "", ""])
      for call in calls {
        guard let handler = costs.handlers[call.name] else { continue }
        table.append([
          "  \(call.name)", "", (handler.meanMicroseconds / 1_000).fixed(3),
          (handler.p99Microseconds / 1_000).fixed(3),
        ])
      }
    }
    return """
      \(costs.candidates) candidates, \(costs.model) (loads in \
      \(costs.modelLoadMilliseconds.fixed(1)) ms), \(costs.machine)
      \(table.text)
      """
  }

  private func planText(_ plan: CapacityPlan) -> String {
    var table = TextTable([
      "": .left, "replicas": .right, "processors busy": .right, "busy share": .right,
      "one lost": .right,
    ])
    for service in ServiceKind.allCases {
      table.append([
        service.rawValue, "\(plan.replicas[service] ?? 0)",
        (plan.busyThreads[service] ?? 0).fixed(1),
        (plan.whole.busyShares[service] ?? 0).fixed(2),
        (plan.withoutOne.busyShares[service] ?? 0).fixed(2),
      ])
    }
    table.append(["all", "\(plan.threads)", plan.busyThreadsSum.fixed(1), "", ""])
    return """
      \(plan.requestsPerSecond.fixed(0)) requests a second
      \(table.text)

      \(behaviourText("all there", plan.whole))
      \(behaviourText("one of each service lost", plan.withoutOne))
      """
  }

  private func behaviourText(_ title: String, _ behaviour: CapacityPlan.Behaviour) -> String {
    "\(title): p50 \(behaviour.p50Milliseconds.fixed(1)) ms, "
      + "p99 \(behaviour.p99Milliseconds.fixed(1)) ms "
      + "(goal \(planner.goal.p99Milliseconds.fixed(1))), "
      + "degraded or refused \((behaviour.sufferedShare * 100).fixed(2)) %"
  }

  private var ratesText: String {
    var table = TextTable(
      columns: [("requests/s", .right)]
        + ServiceKind.allCases.map { ($0.rawValue, .right) }
        + [("all", .right), ("processors busy", .right), ("p99 ms, one lost", .right)])
    for plan in plans {
      table.append(
        [plan.requestsPerSecond.fixed(0)]
          + ServiceKind.allCases.map { "\(plan.replicas[$0] ?? 0)" }
          + [
            "\(plan.threads)", plan.busyThreadsSum.fixed(1),
            plan.withoutOne.p99Milliseconds.fixed(1),
          ])
    }
    return table.text
  }

  private func dayText(_ day: DayPlan) -> String {
    var table = TextTable(
      columns: [("dinner comes within", .left)]
        + DayPlanner.targets.keys.sorted { $0.rawValue < $1.rawValue }.map {
          ("least \($0.rawValue)", .right)
        })
    for need in day.needs {
      table.append(
        ["\(need.rampMinutes.fixed(0)) min"]
          + need.replicasMin.keys.sorted { $0.rawValue < $1.rawValue }.map {
            "\(need.replicasMin[$0] ?? 0)"
          })
    }
    let worst = day.worst
    let minutes = Int(worst.second) / 60
    let clock = "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)"
    let counts = ServiceKind.allCases.map { "\($0.rawValue) \(worst.ready[$0] ?? 0)" }
    let share = 1 - day.replicaHours / max(1, day.fixedReplicaHours)
    return """
      \((day.curve.requestsPerDay / 1e6).fixed(1)) million requests a day, \
      \(day.curve.meanPerSecond.fixed(0))/s on average, \(day.curve.peakPerSecond.fixed(0))/s at \
      dinner, which comes within \(day.curve.rampMinutes.fixed(0)) minutes
      \(verdict(day))
      the fullest moment is \(clock): \(worst.requestsPerSecond.fixed(0))/s, \
      \(counts.joined(separator: ", ")); if one of each were lost then, \(worst.fullest.rawValue) \
      would be busy for \((worst.busyWithoutOne * 100).fixed(0)) %
      \(behaviourText("one of each service lost then", day.worstBehaviour))
      \(day.replicaHours.fixed(0)) replica hours; the peak's replicas all day would take \
      \(day.fixedReplicaHours.fixed(0)) (\((share * 100).fixed(0)) % saved)

      \(table.text)
      """
  }

  private func verdict(_ day: DayPlan) -> String {
    let most = "\((planner.goal.busyShareMax * 100).fixed(0)) %"
    return day.shortSeconds == 0
      ? "the autoscalers keep up: with one of each lost, nobody is ever busier than \(most)"
      : "the autoscalers are late: for \(day.shortSeconds.fixed(0)) s the loss of one of each would "
        + "make somebody busier than \(most)"
  }

  private var leftOut: String {
    "left out: other machines' speed, noisy neighbours, a network slower than 0.1 ms a way, "
      + "the event log's disk"
  }

  // MARK: JSON

  var json: String {
    var writer = JSONWriter(pretty: true)
    writer.object { writer in
      writer.key("measured")
      planner.costs.write(to: &writer)
      writer.key("plans")
      writer.array { writer in for plan in plans { write(plan, to: &writer) } }
      if let day { write(day, to: &writer) }
    }
    return writer.string
  }

  private func write(_ plan: CapacityPlan, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("rps", plan.requestsPerSecond)
      writer.key("replicas")
      write(plan.replicas, to: &writer)
      writer.key("busy_processors")
      writer.object { writer in
        for service in ServiceKind.allCases {
          writer.member(service.rawValue, plan.busyThreads[service] ?? 0)
        }
      }
      writer.key("whole")
      write(plan.whole, to: &writer)
      writer.key("without_one")
      write(plan.withoutOne, to: &writer)
    }
  }

  private func write(_ replicas: [ServiceKind: Int], to writer: inout JSONWriter) {
    writer.object { writer in
      for service in ServiceKind.allCases {
        if let count = replicas[service] { writer.member(service.rawValue, count) }
      }
    }
  }

  private func write(_ behaviour: CapacityPlan.Behaviour, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("p50_ms", behaviour.p50Milliseconds)
      writer.member("p99_ms", behaviour.p99Milliseconds)
      writer.member("suffered_share", behaviour.sufferedShare)
      writer.key("busy_shares")
      writer.object { writer in
        for service in ServiceKind.allCases {
          writer.member(service.rawValue, behaviour.busyShares[service] ?? 0)
        }
      }
    }
  }

  private func write(_ day: DayPlan, to writer: inout JSONWriter) {
    writer.key("day")
    writer.object { writer in
      writer.member("requests", day.curve.requestsPerDay)
      writer.member("peak_rps", day.curve.peakPerSecond)
      writer.member("ramp_minutes", day.curve.rampMinutes)
      writer.member("short_seconds", day.shortSeconds)
      writer.member("worst_second", day.worst.second)
      writer.member("worst_busy_without_one", day.worst.busyWithoutOne)
      writer.key("worst")
      write(day.worstBehaviour, to: &writer)
      writer.member("replica_hours", day.replicaHours)
      writer.member("fixed_replica_hours", day.fixedReplicaHours)
      writer.key("needs")
      writer.array { writer in
        for need in day.needs {
          writer.object { writer in
            writer.member("ramp_minutes", need.rampMinutes)
            writer.key("replicas_min")
            write(need.replicasMin, to: &writer)
          }
        }
      }
    }
  }
}
