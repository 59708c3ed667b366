/// The ways in which a gateway is asked.
enum EdgeProtocol: String, CaseIterable, Sendable {
  case binary
  case httpProto = "http-proto"
  case httpJSON = "http-json"
  /// The answer comes compressed.
  case httpGzip = "http-json-gzip"

  /// Of an HTTP request's body; nil for the binary protocol.
  var contentType: String? {
    switch self {
    case .binary: nil
    case .httpProto: "application/proto"
    case .httpJSON, .httpGzip: "application/json"
    }
  }
}
