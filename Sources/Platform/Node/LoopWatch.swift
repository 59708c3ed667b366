internal import RPC
internal import Telemetry

/// Asks each serving loop to turn, again and again, and knows which of them do not: what `/livez`
/// answers by. A loop that has nothing to do wakes for it; one that hangs cannot.
final class LoopWatch: Sendable {
  /// Looks in the time that a loop may take.
  private static let looksPerLimit: Int64 = 10

  private struct State: Sendable {
    var loops: [EventLoop] = []
    var pulses: [LoopPulse] = []
    var lookedAt: Instant?
    var rounds = 0
  }

  let limitMilliseconds: Int64
  private let state = Guarded(State())

  /// - Parameter limitMilliseconds: after which a loop that has not turned hangs. Found out a fifth
  ///   of it later at most.
  init(limitMilliseconds: Int64) { self.limitMilliseconds = limitMilliseconds }

  /// - Parameter watcher: a loop that is none of them.
  func start(_ loops: [EventLoop], from watcher: EventLoop) {
    state.withLock { state in
      state.loops = loops
      state.pulses = loops.map { _ in LoopPulse() }
    }
    watcher.post { [self] in look(from: watcher) }
  }

  /// How often the loops were looked at.
  var rounds: Int { state.withLock { $0.rounds } }

  /// Names each loop that hangs, and since when; nil while there is none.
  var complaint: String? {
    let hanging = state.withLock { state in
      zip(state.loops, state.pulses).filter {
        $1.awaitedNanoseconds > limitMilliseconds * 1_000_000
      }
    }
    guard !hanging.isEmpty else { return nil }
    return hanging.map { loop, pulse in
      "\(loop.name) has not turned since "
        + "\(timestamp(unixMilliseconds: pulse.askedUnixMilliseconds ?? 0)), "
        + "longer than \(limitMilliseconds) ms\n"
    }.joined()
  }

  private var periodMilliseconds: Int64 { max(1, limitMilliseconds / Self.looksPerLimit) }

  private func look(from watcher: EventLoop) {
    let now = Instant.now()
    let asked = state.withLock { note(now, in: &$0) }
    for (index, loop) in asked {
      loop.post { [self] in state.withLock { $0.pulses[index].turned() } }
    }
    _ = watcher.schedule(at: now.adding(milliseconds: periodMilliseconds)) { [self] in
      look(from: watcher)
    }
  }

  /// - Returns: the loops that are to be asked now; one that has not turned yet has its question.
  private func note(_ now: Instant, in state: inout State) -> [(Int, EventLoop)] {
    // The watcher was late itself, as the process was stopped or the machine is full: only as much
    // counts as a look is apart from the next one, with some to spare.
    let seen = min(
      state.lookedAt.map { now.nanoseconds(since: $0) } ?? 0, 2 * periodMilliseconds * 1_000_000)
    state.lookedAt = now
    state.rounds += 1
    var asked: [(Int, EventLoop)] = []
    for (index, loop) in state.loops.enumerated() {
      state.pulses[index].passed(nanoseconds: seen)
      guard !state.pulses[index].isAsked else { continue }
      state.pulses[index].ask(unixMilliseconds: wallClockMilliseconds())
      asked.append((index, loop))
    }
    return asked
  }
}
