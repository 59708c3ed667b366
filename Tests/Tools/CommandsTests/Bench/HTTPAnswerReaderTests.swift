import Testing

@testable import Commands

struct HTTPAnswerReaderTests {
  private func next(_ text: String) -> HTTPAnswerReader.Step {
    Array(text.utf8).withUnsafeBytes { HTTPAnswerReader.next($0) }
  }

  private let answer = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 3\r\n\r\nabc"

  @Test func `an answer ends with its body`() {
    #expect(next(answer) == .answer(status: 200, bytes: answer.utf8.count))
    #expect(next(answer + "HTTP/1.1 4") == .answer(status: 200, bytes: answer.utf8.count))
    #expect(
      next("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n") == .answer(status: 404, bytes: 45)
    )
  }

  @Test func `every cut of an answer needs more`() {
    for count in 0..<answer.utf8.count {
      #expect(
        next(String(decoding: answer.utf8.prefix(count), as: UTF8.self)) == .needsMore, "\(count)")
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nDate: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "\r\n\r\n",
    String(repeating: "x", count: 9_000),
  ])
  func `what is no answer with a length is invalid`(text: String) {
    #expect(next(text) == .invalid)
  }
}
