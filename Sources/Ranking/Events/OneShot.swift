internal import RPC
internal import Telemetry

/// A value that one task waits for and another thread gives, once; what is given later is dropped.
final class OneShot<Value: Sendable>: Sendable {
  private enum State {
    case empty
    case awaited(UnsafeContinuation<Value, Never>)
    case given(Value)
    case taken
  }

  private let state = Guarded(State.empty)

  func give(_ value: Value) {
    let waiter: UnsafeContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .empty:
        state = .given(value)
        return nil
      case .awaited(let waiter):
        state = .taken
        return waiter
      case .given, .taken: return nil
      }
    }
    waiter?.resume(returning: value)
  }

  /// To be awaited once.
  func value() async -> Value {
    await withUnsafeContinuation { waiter in
      let given: Value? = state.withLock { state in
        if case .given(let value) = state {
          state = .taken
          return value
        }
        state = .awaited(waiter)
        return nil
      }
      if let given { waiter.resume(returning: given) }
    }
  }
}

extension OneShot where Value == Void {
  /// Waits for the value, no longer than until `deadline`. On the loop.
  func value(before deadline: Instant, on loop: EventLoop) async {
    let timer = loop.schedule(at: deadline) { self.give(()) }
    await value()
    loop.cancel(timer)
  }
}
