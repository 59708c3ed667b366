import TestSupport
import Testing

@testable import Commands

struct CSVParserTests {
  struct Parsed: Equatable {
    var rows: [[String]] = []
    var lines: [Int] = []
    /// Their lines and reasons.
    var problems: [String] = []
  }

  /// `cut` draws the length of the next piece.
  private func parse(
    _ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), limits: RowLimits = RowLimits(),
    cut: () -> Int = { .max }
  ) throws -> Parsed {
    var parsed = Parsed()
    var parser = CSVParser(delimiter: delimiter, limits: limits)
    func emit(_ line: Int, _ row: Result<[String], RowProblem>) {
      switch row {
      case .success(let fields):
        parsed.rows.append(fields)
        parsed.lines.append(line)
      case .failure(let problem): parsed.problems.append("\(line) \(problem.reason)")
      }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(cut())
      try parser.feed(piece, emit)
      rest = rest.dropFirst(piece.count)
    }
    try parser.finish(emit)
    return parsed
  }

  private func parse(_ text: String) throws -> Parsed { try parse(Array(text.utf8)) }

  @Test func `rows end with LF, CRLF, CR or the text`() throws {
    let parsed = try parse("a,b\nc,d\r\ne,f\rg,h")
    #expect(parsed.rows == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]])
    #expect(parsed.lines == [1, 2, 3, 4])
  }

  @Test func `quoted fields hold delimiters, line ends and quotes`() throws {
    let parsed = try parse("\"a,\"\"b\"\"\",\"two\r\nlines\"\nnext,row\n")
    #expect(parsed.rows == [["a,\"b\"", "two\r\nlines"], ["next", "row"]])
    #expect(parsed.lines == [1, 3])
  }

  @Test func `empty lines are no rows, but an empty quoted field is one`() throws {
    #expect(try parse("\n\r\n\"\"\n,\n").rows == [[""], ["", ""]])
  }

  @Test func `a byte order mark is dropped, also before a quote`() throws {
    #expect(try parse("\u{FEFF}id,x\n").rows == [["id", "x"]])
    #expect(try parse("\u{FEFF}\"id\"\n").rows == [["id"]])
    #expect(try parse([0xEF, 0xBB]).problems == ["1 a field is not UTF-8"])
  }

  @Test func `a quote inside a plain field stands for itself`() throws {
    #expect(try parse("5\" pizza,x\n").rows == [["5\" pizza", "x"]])
  }

  @Test func `a bad row is reported with its line, and the next one is read`() throws {
    let parsed = try parse("a\n\"b\"c,d\ne\n")
    #expect(parsed.rows == [["a"], ["e"]])
    #expect(parsed.problems == ["2 text after a closing quote"])
    #expect(try parse("x\n\"never\nclosed").problems == ["2 a quoted field is never closed"])
    #expect(try parse([0x61, 0xFF, 0x0A, 0x62]).rows == [["b"]])
    #expect(try parse([0x61, 0x00, 0x0A]).problems == ["1 a field holds a zero byte"])
  }

  @Test func `each limit makes a bad row`() throws {
    var limits = RowLimits()
    limits.fieldBytesMax = 4
    limits.rowBytesMax = 8
    limits.fieldsMax = 3
    let parsed = try parse(
      Array("abcde\nab,cd,ef,gh\na,b,c,\nabcd,abc\n".utf8), limits: limits)
    #expect(parsed.rows == [["abcd", "abc"]])
    #expect(
      parsed.problems == [
        "1 a field is longer than 4 bytes", "2 the row is longer than 8 bytes",
        "3 the row has more than 3 fields",
      ])
  }

  @Test(arguments: UInt64(1)...30)
  func `random tables come back, however the bytes are cut`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var table: [[String]] = []
    var text = ""
    for _ in 0..<Int.random(in: 1...30, using: &generator) {
      let row = (0..<Int.random(in: 1...6, using: &generator)).map { _ in generator.text() + "," }
      table.append(row)
      text += row.map { field in
        var quoted = "\""
        for scalar in field.unicodeScalars {
          quoted += scalar == "\"" ? "\"\"" : String(Character(scalar))
        }
        return quoted + "\""
      }.joined(separator: ",")
      text += generator.chance(2) ? "\n" : "\r\n"
    }
    let parsed = try parse(Array(text.utf8)) { Int.random(in: 1...7, using: &generator) }
    #expect(parsed.rows == table, "seed \(seed)")
    #expect(parsed.problems.isEmpty, "seed \(seed)")
  }

  @Test(arguments: UInt64(1)...200)
  func `random bytes never trap and do not depend on how they are cut`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("a,\"\"\n\r\n".utf8) + [0, 0xEF, 0xBB, 0xBF, 0xC3]
    let bytes = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
      alphabet[Int.random(in: alphabet.indices, using: &generator)]
    }
    var limits = RowLimits()
    limits.rowBytesMax = 40
    let whole = try parse(bytes, limits: limits)
    let cut = try parse(bytes, limits: limits) { Int.random(in: 1...5, using: &generator) }
    #expect(whole == cut, "seed \(seed)")
  }
}
