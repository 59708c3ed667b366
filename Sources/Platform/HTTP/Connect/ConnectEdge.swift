package import RPC
internal import Synchronization
internal import Telemetry

/// An HTTP port that serves some of a server's methods as Connect's unary form has them.
package struct ConnectEdge: Sendable {
  /// OpenTelemetry's `rpc.system.name` of what comes this way.
  package static let system = "connectrpc"
  /// Among a call's metadata, where it came this way.
  package static let mark = "rpc-system"

  package var address: Address
  /// `brigade.v1.Gateway/Rank`; those that the server does not have are not served.
  package var methods: [String]
  package var crossOrigin: CrossOrigin
  package var limits: HTTPLimits

  package init(
    _ address: Address, methods: [String], crossOrigin: CrossOrigin = CrossOrigin(),
    limits: HTTPLimits = HTTPLimits()
  ) {
    self.address = address
    self.methods = methods
    self.crossOrigin = crossOrigin
    self.limits = limits
  }

  /// Opens the port; it is drained with the server.
  /// - Parameter onAnswered: called on the loop with the status of each answer.
  /// - Returns: the address with the port that the kernel chose, where 0 was asked for.
  package func open(
    on server: Server, onAnswered: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws(SystemError) -> Address {
    let connections = ConnectionCount()
    let connectionsMax = limits.connectionsMax
    return try server.listenAtEdge(address) {
      connections.value < connectionsMax
    } makeAdopter: { loop in
      let handler = ConnectHandler(self, on: loop, connections, onAnswered: onAnswered)
      return { handler.adopt($0) }
    }
  }
}

/// The port's open connections, over all loops.
final class ConnectionCount: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add(_ change: Int) { count.add(change, ordering: .relaxed) }
}
