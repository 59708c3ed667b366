import Testing

@testable import HTTP

struct JSONTextTests {
  private func text(_ append: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    append(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, Int64.max, Int64.min])
  func `an integer has its digits`(number: Int64) {
    #expect(text { $0.append(digitsOf: number) } == "\(number)")
    #expect(
      text { $0.append(digitsOf: UInt64(bitPattern: number)) } == "\(UInt64(bitPattern: number))")
  }

  @Test(arguments: [
    (0.5, "0.5"), (2, "2"), (-3, "-3"), (1e300, "1e+300"), (.nan, "\"NaN\""),
    (.infinity, "\"Infinity\""), (-.infinity, "\"-Infinity\""),
  ])
  func `a number has its shortest digits`(number: Double, written: String) {
    #expect(text { $0.append(number: number) } == written)
  }

  @Test func `what JSON can't hold in a string is escaped`() {
    let raw: [UInt8] = Array("a\"b\\c\n\r\t\u{8}\u{C}\u{1}é".utf8) + [0]
    let written = raw.withUnsafeBufferPointer { buffer in
      text { $0.append(quoted: buffer.baseAddress) }
    }
    #expect(written == #""a\"b\\c\n\r\t\b\f\u0001é""#)
    #expect(text { $0.append(quoted: nil) } == "\"\"")
  }
}
