internal import Messages
internal import RPC
internal import Telemetry

/// Over many traces: which hop makes the request's p99, and what that would be if a hop were faster.
/// Pure.
///
/// Traces stand for requests by their weights: what was kept because it was slow for itself, what was
/// kept by chance for all like it. So quantiles are those of all requests, not of the traces.
struct TraceAnalysis {
  static let quantile = 0.99
  /// By how much a hop is taken to be faster.
  static let shares = [0.1, 0.25, 0.5]

  struct Hop: Equatable {
    var name: String
    /// Waited for it: over all requests, and over those at the p99 or above.
    var meanMicroseconds: Double
    var slowMicroseconds: Double
    /// Of the slow ones' time, 0 to 1.
    var slowShare: Double
    /// That is waited for most in the slow ones, and the part of the hop's time there, 0 to 1.
    var replica: String
    var replicaShare: Double
    /// What there takes longest.
    var part: TraceBreakdown.Part
    /// The request's p99 for each of `shares`.
    var fasterMicroseconds: [Double]
  }

  let traces: Int
  let requests: Double
  let p50Microseconds: Double
  let p99Microseconds: Double
  /// The one that the slow ones wait for most first.
  let hops: [Hop]

  /// Nil without traces.
  init?(_ traces: [Trace]) {
    let durations = traces.map { (Double($0.durationMicroseconds), $0.weight) }
    let quantiles = WeightedQuantile(durations)
    guard let p50 = quantiles.value(0.5), let p99 = quantiles.value(Self.quantile) else {
      return nil
    }
    self.traces = traces.count
    requests = durations.reduce(0) { $0 + $1.1 }
    (p50Microseconds, p99Microseconds) = (p50, p99)
    let slow = traces.filter { Double($0.durationMicroseconds) >= p99 }
    let all = Waited(traces)
    let waited = Waited(slow)
    let replays = traces.map { (TraceReplay($0), $0.weight) }
    let methods = Self.methods(traces)
    hops = all.byHop.map { name, sum in
      let (replica, replicaShare, part) = waited.most(of: name)
      return Hop(
        name: name, meanMicroseconds: sum / all.weight,
        slowMicroseconds: waited.byHop[name, default: 0] / waited.weight,
        slowShare: waited.byHop[name, default: 0] / max(1, waited.sum), replica: replica,
        replicaShare: replicaShare, part: part,
        fasterMicroseconds: Self.shares.map { share in
          let times = replays.map { replay, weight in
            (replay.microseconds(ifFaster: methods[name] ?? name, by: share), weight)
          }
          return WeightedQuantile(times).value(Self.quantile) ?? 0
        })
    }.sorted { ($1.slowMicroseconds, $0.name) < ($0.slowMicroseconds, $1.name) }
  }

  /// Full names by short ones.
  private static func methods(_ traces: [Trace]) -> [String: String] {
    var methods: [String: String] = [:]
    for trace in traces {
      for span in trace.spans where span.parent == trace.root.id {
        methods[shortMethod(span.name)] = span.name
      }
    }
    return methods
  }

  /// Time on the critical paths of some traces, weighed.
  private struct Waited {
    var byHop: [String: Double] = [:]
    var shares: [(share: TraceBreakdown.Share, weighed: Double)] = []
    var weight = 0.0
    var sum = 0.0

    init(_ traces: [Trace]) {
      for trace in traces {
        weight += trace.weight
        for share in TraceBreakdown(trace).shares {
          let weighed = Double(share.microseconds) * trace.weight
          sum += weighed
          byHop[share.hop, default: 0] += weighed
          shares.append((share, weighed))
        }
      }
    }

    func most(of hop: String) -> (String, Double, TraceBreakdown.Part) {
      var byReplica: [String: Double] = [:]
      var byPart: [TraceBreakdown.Part: Double] = [:]
      for (share, weighed) in shares where share.hop == hop {
        byReplica[share.replica, default: 0] += weighed
        byPart[share.part, default: 0] += weighed
      }
      let replica = byReplica.max { ($0.value, $1.key) < ($1.value, $0.key) }
      let part = TraceBreakdown.Part.allCases.max {
        byPart[$0, default: 0] < byPart[$1, default: 0]
      }
      return (
        replica?.key ?? "", (replica?.value ?? 0) / max(1, byHop[hop, default: 0]), part ?? .own
      )
    }
  }
}

extension [Trace] {
  /// Those of the time in which none was given away to make room, so that each class is there whole.
  /// - Parameters:
  ///   - capacity: of each class where they were kept.
  ///   - limit: that was asked for; as many, and there may be older ones.
  func ofWholeTime(capacity: Int, limit: Int) -> [Trace] {
    var since = Int64.min
    if count >= limit { since = map(\.startUnixNanoseconds).min() ?? since }
    for kind in TraceClass.allCases {
      let same = filter { $0.reasons.first == kind }
      guard same.count >= capacity else { continue }
      since = Swift.max(since, same.map(\.startUnixNanoseconds).min() ?? since)
    }
    return filter { $0.startUnixNanoseconds >= since }
  }

  /// Without appends, and without what was refused before it was begun: no hop made those what they
  /// are.
  var rankings: [Trace] {
    filter { $0.root.name == Method.rank.name && ($0.spans.count > 1 || $0.root.failure == nil) }
  }
}
