internal import JSON
internal import Telemetry

/// An analysis for people, and for programs.
struct TraceAnalysisReport {
  /// Fewer have no more than two at or above the p99, where each would move it.
  private static let tracesFew = 200

  private let analysis: TraceAnalysis
  private let since: Int64

  /// - Parameter sinceUnixMilliseconds: when the first of the requests began.
  init(_ analysis: TraceAnalysis, sinceUnixMilliseconds since: Int64) {
    self.analysis = analysis
    self.since = since
  }

  var text: String {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("hop", .left), ("mean ms", .right), ("at p99 ms", .right), ("share", .right),
      ("most in", .left), ("p99 if \(percent(TraceAnalysis.shares[0])) faster", .right),
    ]
    columns += TraceAnalysis.shares.dropFirst().map { (percent($0), .right) }
    var table = TextTable(columns: columns)
    for hop in analysis.hops {
      table.append(
        [
          hop.name, shown(hop.meanMicroseconds), shown(hop.slowMicroseconds),
          percent(hop.slowShare), mostIn(hop),
        ] + hop.fasterMicroseconds.map(shown))
    }
    return """
      \(analysis.requests.fixed(0)) requests since \(timestamp(unixMilliseconds: since)), seen \
      through \(analysis.traces) traces
      p50 \(shown(analysis.p50Microseconds)) ms · p99 \(shown(analysis.p99Microseconds)) ms\
      \(analysis.traces < Self.tracesFew ? " · from \(analysis.traces) traces, rough" : "")

      \(table.text)

      \(conclusion)
      """
  }

  private var conclusion: String {
    guard let first = analysis.hops.first else { return "" }
    let best = analysis.hops.min {
      ($0.fasterMicroseconds.last ?? 0) < ($1.fasterMicroseconds.last ?? 0)
    }
    let named =
      "\(first.name) makes the p99: \(percent(first.slowShare)) of the time of requests "
      + "at or above it"
    let replica =
      first.replica.isEmpty
      ? "" : ", \(percent(first.replicaShare)) of that in \(first.replica), mostly \(first.part)"
    guard let best, let share = TraceAnalysis.shares.last, let time = best.fasterMicroseconds.last
    else { return named + replica }
    return named + replica
      + "\n\(best.name) \(percent(share)) faster would make it \(shown(time)) ms"
  }

  private func mostIn(_ hop: TraceAnalysis.Hop) -> String {
    guard hop.slowMicroseconds > 0 else { return "-" }
    let place = hop.replica.isEmpty ? "" : "\(hop.replica) "
    return "\(place)\(hop.part.rawValue)"
  }

  private func shown(_ microseconds: Double) -> String { (microseconds / 1_000).fixed(2) }
  private func percent(_ share: Double) -> String { (share * 100).fixed(0) + " %" }

  var json: String {
    var json = JSONWriter(pretty: true)
    json.object { json in
      json.member("traces", analysis.traces)
      json.member("requests", analysis.requests)
      json.member("since", timestamp(unixMilliseconds: since))
      json.member("isRough", analysis.traces < Self.tracesFew)
      json.member("p50Us", analysis.p50Microseconds)
      json.member("p99Us", analysis.p99Microseconds)
      json.key("hops")
      json.array { json in for hop in analysis.hops { write(hop, to: &json) } }
    }
    return json.string
  }

  private func write(_ hop: TraceAnalysis.Hop, to json: inout JSONWriter) {
    json.object { json in
      json.member("hop", hop.name)
      json.member("meanUs", hop.meanMicroseconds)
      json.member("atP99Us", hop.slowMicroseconds)
      json.member("shareAtP99", hop.slowShare)
      json.member("replica", hop.replica)
      json.member("replicaShare", hop.replicaShare)
      json.member("part", hop.part.rawValue)
      json.key("p99UsIfFaster")
      json.array { json in
        for (share, time) in zip(TraceAnalysis.shares, hop.fasterMicroseconds) {
          json.object { json in
            json.member("by", share)
            json.member("p99Us", time)
          }
        }
      }
    }
  }
}
