/// A setting's value as the process runs with it, to be logged at its start.
package struct EffectiveSetting: Equatable, Sendable {
  package enum Origin: Equatable, Sendable, CustomStringConvertible {
    case standard
    /// Its place, `gateway.json:12:5`.
    case file(String)
    case environment(String)
    case flag

    package var description: String {
      switch self {
      case .standard: "default"
      case .file(let place): place
      case .environment(let name): name
      case .flag: "flag"
      }
    }
  }

  /// With its sections: `retrieval.timeout_ms`.
  package var key: String
  package var value: String
  package var origin: Origin
}
