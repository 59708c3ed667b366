package import HTTP
internal import RPC

extension Settings {
  /// The settings of an HTTP port; nil when it stays closed, which is the default. Beyond this
  /// machine it is opened under the same condition as the node's own ports.
  /// - Parameter methods: that are served there, as far as the service has them.
  package mutating func edge(methods: [String]) -> ConnectEdge? {
    let address = value(
      "edge", default: Address?.none, shown: { $0?.description ?? "none" },
      placeholder: "ADDRESS|none",
      "where HTTP with JSON or protobuf is served, by Connect's protocol: host:port or unix:/path"
    ) { text throws(SettingProblem) in
      if text.isEmpty || text == "none" { return nil }
      guard let address = Address(text) else {
        throw SettingProblem("\"\(text)\" is neither host:port, unix:/path nor none")
      }
      return address
    }
    if let address { refuseBeyondThisMachine("edge", address) }
    let origins = values(
      "edge_cors_origins", default: [String](), shown: { $0 }, placeholder: "ORIGIN,…",
      "sites whose pages may call, such as https://app.example.com; * for all"
    ) { text throws(SettingProblem) in
      guard text == "*" || Self.isOrigin(text) else {
        throw SettingProblem("\"\(text)\" is neither an origin (https://app.example.com) nor *")
      }
      return text
    }
    let limits = edgeLimits()
    guard let address else { return nil }
    return ConnectEdge(
      address, methods: methods, crossOrigin: CrossOrigin(origins), limits: limits)
  }

  private mutating func edgeLimits() -> HTTPLimits {
    var limits = HTTPLimits()
    limits.connectionsMax = integer(
      "edge_connections_max", default: limits.connectionsMax, in: 1...1_000_000,
      unit: "connections", "of the HTTP port; more wait in the kernel's backlog")
    limits.bodyBytesMax = integer(
      "edge_body_bytes_max", default: limits.bodyBytesMax, in: 1_024...1 << 28, unit: "bytes",
      "longest HTTP body taken, also once inflated")
    limits.pipelinedMax = integer(
      "edge_pipelined_max", default: limits.pipelinedMax, in: 1...1_024, unit: "requests",
      "unanswered HTTP requests of one connection; above it, it is not read from")
    limits.headMilliseconds = Int64(
      integer(
        "edge_head_ms", default: Int(limits.headMilliseconds), in: 1...600_000,
        unit: "milliseconds", "from an HTTP request's first byte to the end of its headers"))
    limits.bodyMilliseconds = Int64(
      integer(
        "edge_body_ms", default: Int(limits.bodyMilliseconds), in: 1...600_000,
        unit: "milliseconds", "from the end of the headers to the end of the body"))
    limits.idleMilliseconds = Int64(
      integer(
        "edge_idle_ms", default: Int(limits.idleMilliseconds), in: 1...3_600_000,
        unit: "milliseconds", "after which an HTTP connection without requests is closed"))
    return limits
  }

  /// As browsers write it: scheme and host in lower case, and nothing after them.
  private static func isOrigin(_ text: String) -> Bool {
    guard text == text.lowercased(), let scheme = text.firstRange(of: "://") else { return false }
    let host = text[scheme.upperBound...]
    return scheme.lowerBound > text.startIndex && !host.isEmpty
      && !host.contains { "/?# ,".contains($0) }
  }
}
