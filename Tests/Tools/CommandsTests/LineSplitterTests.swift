import Testing

@testable import Commands

struct LineSplitterTests {
  private func split(_ pieces: [String], lineBytesMax: Int = 100) throws -> [String] {
    var splitter = LineSplitter(lineBytesMax: lineBytesMax)
    var lines: [String] = []
    func emit(_ line: Int, _ bytes: Result<[UInt8], RowProblem>) {
      switch bytes {
      case .success(let bytes): lines.append("\(line) \(String(decoding: bytes, as: UTF8.self))")
      case .failure(let problem): lines.append("\(line) ! \(problem)")
      }
    }
    for piece in pieces {
      try Array(piece.utf8).withUnsafeBytes { try splitter.feed($0, emit) }
    }
    try splitter.finish(emit)
    return lines
  }

  @Test func `lines are the same however they are cut`() throws {
    #expect(try split(["ab\r\n\nc"]) == ["1 ab", "2 ", "3 c"])
    #expect(try split(["a", "b\r", "\n", "\n", "c"]) == ["1 ab", "2 ", "3 c"])
    #expect(try split(["a\n"]) == ["1 a"])
    #expect(try split([]) == [])
  }

  @Test func `a line over the limit is reported once and skipped`() throws {
    let lines = try split(["ok\nabc", "def", "ghi\nok\n", "toolong"], lineBytesMax: 4)
    let problem = "the line is longer than 4 bytes"
    #expect(lines == ["1 ok", "2 ! \(problem)", "3 ok", "4 ! \(problem)"])
  }
}
