internal import Inference
internal import Testing

struct LineReaderTests {
  private func lines(_ text: String) -> [String] {
    var reader = LineReader(Array(text.utf8))
    var lines: [String] = []
    while let line = reader.next() {
      lines.append(String(decoding: line, as: UTF8.self))
      #expect(reader.lineNumber == lines.count)
    }
    return lines
  }

  @Test func `lines end in a newline or with the text`() {
    #expect(lines("a\nb\n") == ["a", "b"])
    #expect(lines("a\nb") == ["a", "b"])
    #expect(lines("\n\na\n\n") == ["", "", "a", ""])
    #expect(lines("") == [])
  }

  @Test func `one carriage return before the newline is part of the end`() {
    #expect(lines("a\r\n\r\nb\r") == ["a", "", "b"])
    #expect(lines("a\r\r\n\rb\n") == ["a\r", "\rb"])
  }
}
