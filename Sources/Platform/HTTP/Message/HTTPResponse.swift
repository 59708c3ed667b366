/// An answer, its body whole.
package struct HTTPResponse: Equatable, Sendable {
  package var status: HTTPStatus
  /// Names as they are to be sent. Length, date and connection are added by the connection.
  package var headers: [HTTPRequest.Header]
  package var body: [UInt8]

  package init(_ status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.status = HTTPStatus(status)
    self.headers = headers.map { HTTPRequest.Header(name: $0.0, value: $0.1) }
    self.body = body
  }

  package mutating func add(_ name: String, _ value: String) {
    headers.append(HTTPRequest.Header(name: name, value: value))
  }

  /// - Parameters:
  ///   - date: now, as RFC 9110 writes it.
  ///   - withBody: false for HEAD, whose answer has only the length.
  package func encode(date: String, keepsAlive: Bool, withBody: Bool = true) -> [UInt8] {
    var head = "HTTP/1.1 \(status.code) \(status.reason)\r\nDate: \(date)\r\n"
    for header in headers { head += "\(header.name): \(header.value)\r\n" }
    // RFC 9110 forbids the length in a 204.
    if status.code != 204 { head += "Content-Length: \(body.count)\r\n" }
    if !keepsAlive { head += "Connection: close\r\n" }
    head += "\r\n"
    return Array(head.utf8) + (withBody ? body : [])
  }
}
