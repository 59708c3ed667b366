package import RPC

/// Hands the models to the loops that score with them. Each loop has its own reference, changed on
/// that loop between two requests; the old models are let go of on the publisher's own thread once
/// every loop has the new ones, as freeing a large model takes a while.
package final class ModelPublisher: Sendable {
  private struct State {
    var store: ModelStore
    var loops: [(loop: EventLoop, models: LoopModels)] = []
    /// Stores that loops may still have, and how many of them.
    var retired: [(store: ModelStore, loopsLeft: Int)] = []
  }

  private let state: Guarded<State>
  private let background: EventLoop
  private let advertiser: Advertiser

  /// - Parameters:
  ///   - background: where old models are freed.
  ///   - advertiser: tells callers which versions there are.
  package init(
    _ store: ModelStore, background: EventLoop, advertiser: Advertiser = Advertiser()
  ) {
    state = Guarded(State(store: store))
    self.background = background
    self.advertiser = advertiser
    advertiser.advertise(store.tags)
  }

  package var store: ModelStore { state.withLock { $0.store } }

  /// The models of one loop, which calls this itself.
  package func attach(_ loop: EventLoop) -> LoopModels {
    state.withLock { state in
      let models = LoopModels(state.store)
      state.loops.append((loop, models))
      return models
    }
  }

  /// From the background thread. Calls that run keep what they have.
  package func publish(_ store: ModelStore) {
    let (loops, number) = state.withLock { state in
      state.retired.append((state.store, state.loops.count))
      state.store = store
      return (state.loops, state.retired.count - 1)
    }
    for (loop, models) in loops {
      loop.post { [self] in
        models.store = store
        background.post { [self] in release(number) }
      }
    }
    if loops.isEmpty { release(number) }
    // After the loops have been given it.
    advertiser.advertise(store.tags)
  }

  /// Numbers stay valid: the list is emptied only when nothing in it is waited for.
  private func release(_ number: Int) {
    let freed = state.withLock { state -> [ModelStore] in
      guard state.retired.indices.contains(number) else { return [] }
      state.retired[number].loopsLeft -= 1
      guard state.retired.allSatisfy({ $0.loopsLeft <= 0 }) else { return [] }
      defer { state.retired = [] }
      return state.retired.map(\.store)
    }
    // Outside of the lock, which loops wait for.
    withExtendedLifetime(freed) {}
  }

  /// Stores that some loop has not replaced yet.
  var retiredCount: Int { state.withLock { $0.retired.count } }
}

/// The models of one loop. Confined to it.
package final class LoopModels: @unchecked Sendable {
  package fileprivate(set) var store: ModelStore

  fileprivate init(_ store: ModelStore) { self.store = store }
}
