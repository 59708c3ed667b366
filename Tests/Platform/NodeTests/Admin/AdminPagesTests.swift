import Node
import Testing

@Suite struct AdminPagesTests {
  private func answer(_ path: String, _ pages: AdminPages) -> String? {
    pages.answer(HTTPRequest(method: "GET", path: path, query: "", keepsAlive: true))?.body
  }

  @Test func `a page answers for itself and what lies below it`() {
    let pages = AdminPages()
    pages.add("/traces") { HTTPResponse(status: 200, body: "traces \($0.path)") }
    pages.add("/") { _ in HTTPResponse(status: 200, body: "home") }
    #expect(answer("/traces", pages) == "traces /traces")
    #expect(answer("/traces/7", pages) == "traces /traces/7")
    #expect(answer("/tracesX", pages) == nil)
    #expect(answer("/", pages) == "home")
    #expect(answer("//else", pages) == nil)
    #expect(pages.paths == ["/traces", "/"])
  }
}
