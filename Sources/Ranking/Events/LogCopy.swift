package import Messages
internal import RPC

/// A replica's copy of the log, as its follower drives it.
package protocol LogCopy: Sendable {
  /// Whether it is to be brought up to date by others; a writer only asks whether it still is one.
  var follows: Bool { get }
  var mark: LogMark { get }
  /// The highest epoch known.
  var epoch: UInt64 { get }
  /// Whether what it says to have reached is on its disk.
  var isDurable: Bool { get }
  /// From a listed peer; nobody else is believed.
  func hear(of epoch: UInt64)
  /// The writer of `epoch` says that its log ends at `position`.
  func hear(end position: UInt64, of epoch: UInt64)
  /// All listed peers have been asked once, as far as they can be reached; the longest log of any of
  /// them ends at `position`.
  func peersAsked(longest position: UInt64)
  /// Takes the events behind `mark` from the writer of `epoch`; without effect when the copy has gone
  /// on meanwhile. False when they can't be kept.
  func take(_ events: [Event], after mark: LogMark, epoch: UInt64) async -> Bool
  /// This log is not the beginning of the writer's.
  func differs(_ reason: String)
}

/// A copy that only a service's own state keeps: after a restart it begins with the base log again.
package final class MemoryLogCopy: LogCopy {
  private struct State {
    var mark: LogMark
    var epoch: UInt64 = 0
  }

  private let state: Guarded<State>
  private let apply: @Sendable ([Event]) -> Void

  /// - Parameter apply: puts events into the service's state, in order.
  package init(base: LogMark, apply: @escaping @Sendable ([Event]) -> Void) {
    state = Guarded(State(mark: base))
    self.apply = apply
  }

  package var follows: Bool { true }
  package var mark: LogMark { state.withLock { $0.mark } }
  package var epoch: UInt64 { state.withLock { $0.epoch } }
  package var isDurable: Bool { false }
  package func hear(of epoch: UInt64) { state.withLock { $0.epoch = max($0.epoch, epoch) } }
  package func hear(end position: UInt64, of epoch: UInt64) {}
  package func peersAsked(longest position: UInt64) {}
  package func differs(_ reason: String) {}

  package func take(_ events: [Event], after mark: LogMark, epoch: UInt64) async -> Bool {
    let isNext = state.withLock { state in
      guard state.mark == mark, epoch >= state.epoch else { return false }
      for event in events { state.mark.advance(by: event.id) }
      return true
    }
    if isNext { apply(events) }
    return true
  }
}
