/// Tells the callers of a server what it has loaded: those that connect, and at once those that are
/// connected. Made before the server, as services load before their port is opened.
package final class Advertiser: Sendable {
  private struct State {
    var tags: ServedTags?
    var loops: [ServerLoop] = []
  }

  private let state = Guarded(State())

  package init() {}

  /// From any thread. A loop's callers hear of it after whatever was posted to that loop before, so
  /// what is advertised should be there by then.
  /// - Parameter texts: in place of those before.
  /// - Returns: false where there are more than fit: callers are told nothing then, and take this
  ///   replica to have everything.
  @discardableResult
  package func advertise(_ texts: [String]) -> Bool {
    let tags = ServedTags(texts)
    // Posted under the lock, so that loops see changes in one order.
    state.withLock { state in
      guard state.tags != tags else { return }
      state.tags = tags
      for loop in state.loops { loop.loop.post { loop.advertise(tags) } }
    }
    return tags != nil || texts.isEmpty
  }

  package var tags: ServedTags? { state.withLock { $0.tags } }

  func attach(_ loops: [ServerLoop]) {
    state.withLock { state in
      state.loops += loops
      let tags = state.tags
      for loop in loops { loop.loop.post { loop.advertise(tags) } }
    }
  }
}
