package import RPC

/// What the headers of a unary request say, by Connect's rules. Pure.
package struct ConnectRequest: Equatable, Sendable {
  package enum Codec: String, CaseIterable, Sendable {
    case json = "application/json"
    case proto = "application/proto"
  }

  private static let timeoutDigitsMax = 10

  package let codec: Codec
  /// Nil when the caller names none.
  package let timeoutMilliseconds: UInt64?
  package let isCompressed: Bool
  package let takesGzip: Bool
  /// Absent when the caller has no trace.
  package let trace: TraceContext
  /// W3C's, of the caller's trace; empty without one.
  package let tracestate: String

  package enum Reading {
    case request(ConnectRequest)
    case refused(HTTPResponse)
  }

  package static func read(_ request: HTTPRequest) -> Reading {
    guard request.method == "POST" else {
      return .refused(
        HTTPResponse(
          RPCError(.unimplemented, "methods are called with POST"), status: 405,
          headers: [("Allow", "POST")]))
    }
    guard let codec = codec(request) else {
      let known = Codec.allCases.map(\.rawValue).joined(separator: ", ")
      return .refused(
        HTTPResponse(
          RPCError(.invalidArgument, "the content type is none of \(known)"), status: 415,
          headers: [("Accept-Post", known)]))
    }
    do throws(RPCError) {
      return .request(try ConnectRequest(request, codec))
    } catch {
      let isAboutCoding = error.code == .unimplemented
      return .refused(
        HTTPResponse(error, headers: isAboutCoding ? [("Accept-Encoding", "gzip")] : []))
    }
  }

  private static func codec(_ request: HTTPRequest) -> Codec? {
    guard request.count(of: "content-type") == 1, let type = request["content-type"] else {
      return nil
    }
    let parts = type.lowercased().split(separator: ";", omittingEmptySubsequences: false)
      .map { String($0.trimmed) }
    let parameters = parts.dropFirst()
    // JSON is UTF-8; protobuf has no characters.
    switch Codec(rawValue: parts[0]) {
    case .json?
    where parameters.allSatisfy { ["charset=utf-8", "charset=\"utf-8\""].contains($0) }:
      return .json
    case .proto? where parameters.isEmpty: return .proto
    default: return nil
    }
  }

  private init(_ request: HTTPRequest, _ codec: Codec) throws(RPCError) {
    self.codec = codec
    let version = request["connect-protocol-version"]
    guard version == nil || version == "1" else {
      throw .invalidArgument("Connect-Protocol-Version is not 1")
    }
    timeoutMilliseconds = try Self.timeout(request)
    switch request["content-encoding"]?.lowercased() {
    case nil, "identity": isCompressed = false
    case "gzip" where request.count(of: "content-encoding") == 1: isCompressed = true
    case .some:
      throw RPCError(.unimplemented, "of compressions only gzip is understood", advice: .never)
    }
    takesGzip = Self.takesGzip(request)
    (trace, tracestate) = Self.trace(of: request)
  }

  /// The caller's, absent when it has none; understood of what is no request otherwise, too.
  static func trace(of request: HTTPRequest) -> (TraceContext, state: String) {
    guard request.count(of: "traceparent") == 1, let text = request["traceparent"],
      let trace = TraceContext(traceparent: text)
    else { return (TraceContext(), "") }
    return (trace, TraceContext.tracestate(request.list("tracestate")))
  }

  private static func timeout(_ request: HTTPRequest) throws(RPCError) -> UInt64? {
    guard let text = request["connect-timeout-ms"] else { return nil }
    guard (1...timeoutDigitsMax).contains(text.utf8.count), let value = UInt64(text),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      request.count(of: "connect-timeout-ms") == 1
    else { throw .invalidArgument("Connect-Timeout-Ms is no number of at most ten digits") }
    return value
  }

  /// What gzip's own entry says counts more than `*`.
  private static func takesGzip(_ request: HTTPRequest) -> Bool {
    var any = false
    for element in request.list("accept-encoding") {
      let parts = element.lowercased().split(separator: ";").map { $0.filter { $0 != " " } }
      guard let name = parts.first else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) }
      // A quality that can't be read is as good as none.
      let isTaken = quality.map { ($0 ?? 0) > 0 } ?? true
      if name == "gzip" || name == "x-gzip" { return isTaken }
      if name == "*" { any = isTaken }
    }
    return any
  }
}
