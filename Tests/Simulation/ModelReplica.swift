internal import RPC
internal import Telemetry
internal import TestSupport

/// How long a replica takes: a floor and an exponential tail, and now and then much longer, as
/// real services do.
struct ServiceTime {
  var floorMilliseconds = 2.0
  var tailMilliseconds = 3.0
  /// Share of requests that take `hiccupFactor` times as long.
  var hiccupShare = 0.02
  var hiccupFactor = 8.0

  func sampleNanoseconds(_ random: inout SeededGenerator) -> Int64 {
    var time = floorMilliseconds + random.exponential(mean: tailMilliseconds)
    if Double.random(in: 0..<1, using: &random) < hiccupShare { time *= hiccupFactor }
    return Int64(time * 1_000_000)
  }
}

/// What a replica does with the requests that it gets.
enum Behaviour {
  case healthy
  case slower(times: Double)
  /// Answers at once, with an error.
  case failing(Code, RetryAdvice, afterMicroseconds: Int64)
  /// Takes requests and never answers.
  case stopped
}

/// A replica of the simulation: so many workers and a queue before them.
struct ModelReplica {
  var behaviour = Behaviour.healthy
  var serviceTime = ServiceTime()
  /// When each worker is free again.
  private var workers: [Instant]
  private(set) var attempts = 0

  init(workers: Int = 8) {
    self.workers = Array(repeating: Instant(nanoseconds: 0), count: workers)
  }

  enum Answer {
    case never
    case at(Instant, Code, RetryAdvice)
  }

  mutating func take(_ now: Instant, _ random: inout SeededGenerator) -> Answer {
    attempts += 1
    switch behaviour {
    case .healthy: return .at(serve(now, 1, &random), .ok, .mayHaveRun)
    case .slower(let times): return .at(serve(now, times, &random), .ok, .mayHaveRun)
    case .failing(let code, let advice, let delay):
      return .at(now.adding(microseconds: delay), code, advice)
    case .stopped: return .never
    }
  }

  private mutating func serve(
    _ now: Instant, _ times: Double, _ random: inout SeededGenerator
  ) -> Instant {
    let worker = workers.indices.min { workers[$0] < workers[$1] }!
    let time = Double(serviceTime.sampleNanoseconds(&random)) * times
    let end = max(now, workers[worker]).adding(nanoseconds: Int64(time))
    workers[worker] = end
    return end
  }
}
