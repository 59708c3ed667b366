package import RPC

/// Where a process listens, known once its ports are open.
package final class ServedPorts: Sendable {
  private struct Open: Sendable {
    var listen: Address?
    var edge: Address?
  }

  private let open = Guarded(Open())

  package init() {}

  /// Of frames.
  package var listen: Address? { open.withLock { $0.listen } }
  /// Of HTTP; nil for a service without it, too.
  package var edge: Address? { open.withLock { $0.edge } }

  package func opened(listen: Address, edge: Address?) {
    open.withLock { $0 = Open(listen: listen, edge: edge) }
  }
}
