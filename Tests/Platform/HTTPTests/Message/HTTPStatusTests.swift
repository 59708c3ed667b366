import HTTP
import Testing

struct HTTPStatusTests {
  @Test func `a status has its reason phrase, and an unknown one a plain word`() {
    #expect(HTTPStatus(200).reason == "OK")
    #expect(HTTPStatus(431).reason == "Request Header Fields Too Large")
    #expect(HTTPStatus(799).reason == "Status")
  }
}
