internal import RPC

/// The port of a gateway that a request came to, as its trace tells of it.
struct Door: Equatable, Sendable {
  /// Of the frames of this cluster's own protocol, at a gateway as in every hop.
  static let framesSystem = "brigade"

  /// OpenTelemetry's `rpc.system.name`.
  let system: String
  /// Nil until it is open.
  let address: Address?

  init(system: String = Self.framesSystem, address: Address? = nil) {
    self.system = system
    self.address = address
  }
}
