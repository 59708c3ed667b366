/// Which pages of other sites may call, as browsers ask (Fetch's CORS). Pure.
package struct CrossOrigin: Equatable, Sendable {
  /// Browsers cap it themselves; Chromium at two hours.
  private static let maxAgeSeconds = 7_200
  private static let requestHeaders =
    "Content-Type, Content-Encoding, Connect-Protocol-Version, Connect-Timeout-Ms, Traceparent, "
    + "Tracestate"
  private static let exposedHeaders = "Traceparent"

  /// `https://app.example.com`, or `*` for all; none closes the port to other sites.
  package let origins: [String]

  package init(_ origins: [String] = []) { self.origins = origins }

  package var isOpen: Bool { !origins.isEmpty }

  private var allowsAll: Bool { origins.contains("*") }

  private func allowed(_ request: HTTPRequest) -> String? {
    guard request.count(of: "origin") == 1, let origin = request["origin"] else { return nil }
    if allowsAll { return "*" }
    return origins.contains(origin) ? origin : nil
  }

  /// Answers differ by origin: caches have to know.
  private var vary: [(String, String)] { isOpen && !allowsAll ? [("Vary", "Origin")] : [] }

  /// What an answer to the request carries.
  package func headers(for request: HTTPRequest) -> [(String, String)] {
    guard let origin = allowed(request) else { return vary }
    return [
      ("Access-Control-Allow-Origin", origin),
      ("Access-Control-Expose-Headers", Self.exposedHeaders),
    ] + vary
  }

  /// The answer to a browser's question before the request; nil when this is none.
  package func preflight(_ request: HTTPRequest) -> HTTPResponse? {
    guard isOpen, request.method == "OPTIONS", request["access-control-request-method"] != nil
    else { return nil }
    guard let origin = allowed(request) else { return HTTPResponse(204, headers: vary) }
    return HTTPResponse(
      204,
      headers: [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Methods", "POST"),
        ("Access-Control-Allow-Headers", Self.requestHeaders),
        ("Access-Control-Max-Age", "\(Self.maxAgeSeconds)"),
      ] + vary)
  }
}
