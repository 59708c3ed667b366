import HTTP
import Testing

@Suite struct HTTPResponseTests {
  private func text(_ response: HTTPResponse, keepsAlive: Bool = true, withBody: Bool = true)
    -> String
  {
    String(
      decoding: response.encode(date: "D", keepsAlive: keepsAlive, withBody: withBody),
      as: UTF8.self)
  }

  @Test func `an answer has its length, the date and what was added`() {
    var response = HTTPResponse(200, headers: [("A", "b")], body: Array("xyz".utf8))
    response.add("C", "d")
    #expect(
      text(response)
        == "HTTP/1.1 200 OK\r\nDate: D\r\nA: b\r\nC: d\r\nContent-Length: 3\r\n\r\nxyz")
    #expect(text(response, withBody: false).hasSuffix("Content-Length: 3\r\n\r\n"))
    #expect(text(response, keepsAlive: false).contains("\r\nConnection: close\r\n"))
  }

  @Test func `an answer that has no content has no length`() {
    #expect(text(HTTPResponse(204)) == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n")
  }
}
