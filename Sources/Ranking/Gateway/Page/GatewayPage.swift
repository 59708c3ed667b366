internal import CPage
internal import JSON
internal import Node

/// What the page's data is made of.
protocol PageJSON {
  func write(to json: inout JSONWriter)
}

/// The page at `/` of a gateway's admin port, and how it and its data are answered.
enum GatewayPage {
  /// Names no other place that anything could be loaded from, or sent to.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    + "frame-ancestors 'none'"

  static let html = HTTPResponse(
    status: 200, contentType: "text/html; charset=utf-8",
    body: String(
      decoding: UnsafeRawBufferPointer(start: page_html(), count: page_html_length()),
      as: UTF8.self),
    headers: [
      "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
      "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache",
    ])

  static func json(_ content: some PageJSON) -> HTTPResponse {
    var json = JSONWriter()
    content.write(to: &json)
    return HTTPResponse(
      status: 200, contentType: "application/json", body: json.string + "\n",
      headers: ["X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"])
  }
}
