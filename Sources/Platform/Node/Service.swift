package import HTTP
package import RPC
package import Telemetry

/// One of the cluster's services: an engine behind methods. The node gives it loops, an identity,
/// logs and metrics, and deals with everything that a process needs besides.
package protocol Service: Sendable {
  associatedtype Settings: Configuration
  static var program: ProgramDescription { get }

  /// Loads what the service works with. Runs before the RPC port is opened; may take seconds.
  init(_ settings: Settings, in environment: ServiceEnvironment) throws(StartupError)

  /// The methods of one loop; called on it. State that changes belongs to that loop.
  func methods(on loop: EventLoop) -> MethodTable

  /// The HTTP port, for a service that has one. Nil by default.
  var edge: ConnectEdge? { get }

  /// Called once when the process ends and no more calls come, for what still has to be brought
  /// elsewhere. Blocks, no longer than until the deadline. Does nothing by default.
  func finish(before deadline: Instant)
}

extension Service {
  package var edge: ConnectEdge? { nil }
  package func finish(before deadline: Instant) {}
}

/// What a node gives to its service.
package struct ServiceEnvironment: Sendable {
  package let identity: Identity
  package let log: Log
  package let metrics: MetricsRegistry
  /// Tells callers what the service has loaded.
  package let advertiser: Advertiser
  /// Of the admin port, besides those of every process.
  package let pages: AdminPages
  package let ports: ServedPorts

  package init(
    identity: Identity, log: Log, metrics: MetricsRegistry, pages: AdminPages = AdminPages(),
    advertiser: Advertiser = Advertiser(), ports: ServedPorts = ServedPorts()
  ) {
    self.ports = ports
    self.advertiser = advertiser
    self.pages = pages
    self.identity = identity
    self.log = log
    self.metrics = metrics
  }
}

/// Why a process can't start: something outside of it has to change.
package struct StartupError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
