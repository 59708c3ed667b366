package import RPC

/// Where a receiver of OTLP over HTTP listens: `http://collector:4318/v1/traces`.
package struct OtlpEndpoint: Equatable, Sendable, CustomStringConvertible {
  private static let scheme = "http://"
  /// Registered for OTLP over HTTP.
  private static let defaultPort: UInt16 = 4_318
  private static let defaultPath = "/v1/traces"

  package let address: Address
  package let path: String

  /// The port may be left out, and the path as well. Nil for anything else: TLS is for a collector
  /// beside the gateway.
  package init?(_ text: String) {
    guard text.hasPrefix(Self.scheme) else { return nil }
    let rest = text.dropFirst(Self.scheme.count)
    let host = rest.prefix { $0 != "/" }
    let path = String(rest.dropFirst(host.count))
    guard path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 }) else { return nil }
    let hasPort = host.last != "]" && host.contains(":")
    guard let address = Address(hasPort ? String(host) : "\(host):\(Self.defaultPort)"),
      case .tcp = address
    else { return nil }
    self.address = address
    self.path = path.isEmpty ? Self.defaultPath : path
  }

  /// A URL whose path is not to be filled in: without one, it is the root.
  static func asItIs(_ url: String) -> String {
    guard url.hasPrefix(scheme) else { return url }
    return url.dropFirst(scheme.count).contains("/") ? url : url + "/"
  }

  package var description: String { "\(Self.scheme)\(address)\(path)" }
}
