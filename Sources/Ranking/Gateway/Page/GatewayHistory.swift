internal import JSON
internal import Messages

/// What a gateway did in the last quarter of an hour, as `/history` of the admin port tells it: a
/// column for each figure, with one number for each step, null where there is none. Pure.
struct GatewayHistory: PageJSON {
  /// Models that have a column; those with the most answers.
  static let modelsMax = 6

  /// The oldest first.
  var steps: ArraySlice<ActivityBucket>
  /// At which the first step began.
  var firstUnixMilliseconds: Int64

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("stepSeconds", ActivityHistory.stepSeconds)
      json.member("stepsMax", ActivityHistory.stepsMax - 1)
      json.member("firstUnixMs", firstUnixMilliseconds)
      column("answered", &json) { $0.answered }
      column("degraded", &json) { $0.degraded }
      column("failed", &json) { $0.failed + $0.turnedAway }
      column("other", &json) { $0.rejected + $0.abandoned }
      quantiles(&json) { $0.latency }
      json.key("hops")
      json.array { json in for hop in HopKind.allCases { write(hop, to: &json) } }
      json.key("models")
      json.object { json in
        for name in models { column(name, &json) { $0.models[name] ?? 0 } }
      }
    }
  }

  private func write(_ kind: HopKind, to json: inout JSONWriter) {
    let hop = { (step: ActivityBucket) in step.hops[kind.position] }
    json.object { json in
      json.member("method", kind.method)
      column("calls", &json) { hop($0).calls }
      column("errors", &json) { hop($0).errors }
      quantiles(&json) { hop($0).latency }
      json.key("rungs")
      json.object { json in
        for rung in Rung.allCases where rung != .primary && rung != .skipped {
          guard steps.contains(where: { hop($0).count(rung) > 0 }) else { continue }
          column("\(rung)", &json) { hop($0).count(rung) }
        }
      }
    }
  }

  private func column(
    _ name: String, _ json: inout JSONWriter, _ value: (ActivityBucket) -> Int
  ) {
    json.key(name)
    json.array { json in for step in steps { json.value(value(step)) } }
  }

  private func quantiles(
    _ json: inout JSONWriter, _ latency: (ActivityBucket) -> LatencyCounts
  ) {
    for (name, q) in [("p50Us", 0.5), ("p99Us", 0.99)] {
      json.key(name)
      json.array { json in
        for step in steps {
          if let value = latency(step).quantile(q) {
            json.value(value.rounded())
          } else {
            json.null()
          }
        }
      }
    }
  }

  private var models: [String] {
    var answers: [String: Int] = [:]
    for step in steps { answers.merge(step.models) { $0 + $1 } }
    let most = answers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.modelsMax)
    return most.map(\.key).sorted()
  }
}
