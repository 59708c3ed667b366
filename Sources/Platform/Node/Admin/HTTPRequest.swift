/// A request of the admin port: GET or HEAD without a body. Pure.
package struct HTTPRequest: Equatable, Sendable {
  /// Request line and headers together; scrapers send a few hundred bytes.
  package static let bytesMax = 8 << 10

  package var method: String
  /// Without the query.
  package var path: String
  package var query: String
  package var keepsAlive: Bool
  /// What the client says that it takes; empty where it says nothing.
  package var accept = ""

  package init(
    method: String, path: String, query: String, keepsAlive: Bool, accept: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.keepsAlive = keepsAlive
    self.accept = accept
  }

  package enum Step: Equatable, Sendable {
    case incomplete
    /// With the bytes that it took.
    case request(HTTPRequest, bytes: Int)
    /// What to answer before closing.
    case refused(status: Int, reason: String)
  }

  package static func parse(_ bytes: UnsafeRawBufferPointer) -> Step {
    guard let end = headEnd(bytes) else {
      return bytes.count > bytesMax
        ? .refused(status: 431, reason: "the head is longer than \(bytesMax) bytes") : .incomplete
    }
    guard end <= bytesMax else {
      return .refused(status: 431, reason: "the head is longer than \(bytesMax) bytes")
    }
    let head = String(decoding: bytes[..<(end - 4)], as: UTF8.self)
    var lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    let parts = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, parts[1].hasPrefix("/"),
      parts[2] == "HTTP/1.1" || parts[2] == "HTTP/1.0"
    else { return .refused(status: 400, reason: "not an HTTP/1.1 request line") }
    guard let headers = Headers(lines) else {
      return .refused(status: 400, reason: "a header line without a name")
    }
    guard !headers.hasBody else {
      return .refused(status: 413, reason: "requests here have no body")
    }
    let target = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let request = HTTPRequest(
      method: String(parts[0]), path: String(target[0]),
      query: target.count > 1 ? String(target[1]) : "",
      keepsAlive: parts[2] == "HTTP/1.1" ? !headers.closes : false, accept: headers.accept)
    return .request(request, bytes: end)
  }

  private static func headEnd(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 4 else { return nil }
    let mark: [UInt8] = [13, 10, 13, 10]
    for start in 0...(min(bytes.count, bytesMax + 4) - 4)
    where bytes[start] == 13 && bytes[start..<start + 4].elementsEqual(mark) {
      return start + 4
    }
    return nil
  }

  private struct Headers {
    var hasBody = false
    var closes = false
    var accept = ""

    init?(_ lines: [Substring]) {
      for line in lines {
        // A space in a name, or before its colon, would let a header pass that others act on.
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
          !line[..<colon].contains(where: \.isWhitespace)
        else { return nil }
        let value = line[line.index(after: colon)...].filter { $0 != " " }.lowercased()
        switch line[..<colon].lowercased() {
        case "content-length": hasBody = hasBody || value != "0"
        case "transfer-encoding": hasBody = true
        case "accept": accept += (accept.isEmpty ? "" : ",") + value
        case "connection": closes = closes || value == "close"
        default: break
        }
      }
    }
  }
}

package struct HTTPResponse: Sendable {
  package var status: Int
  package var contentType: String
  package var body: String
  /// The methods there are, for 405.
  package var allow: String?
  /// Besides those of every answer; ours, never of a request.
  package var headers: KeyValuePairs<String, String>

  package init(
    status: Int, contentType: String = "text/plain; charset=utf-8", body: String,
    allow: String? = nil, headers: KeyValuePairs<String, String> = [:]
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.allow = allow
    self.headers = headers
  }

  func encode(keepsAlive: Bool, withBody: Bool) -> String {
    let added =
      (allow.map { [("Allow", $0)] } ?? []) + headers.map { ($0.key, $0.value) }
      + [("Connection", keepsAlive ? "keep-alive" : "close")]
    return """
      HTTP/1.1 \(status) \(Self.reason(status))\r
      Content-Type: \(contentType)\r
      Content-Length: \(body.utf8.count)\r
      \(added.map { "\($0): \($1)\r\n" }.joined())\r
      \(withBody ? body : "")
      """
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 413: "Content Too Large"
    case 431: "Request Header Fields Too Large"
    case 503: "Service Unavailable"
    default: "Status"
    }
  }
}
