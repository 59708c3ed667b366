import Testing

@testable import Gateway

@Suite struct SpoolCursorTests {
  @Test(arguments: [
    SpoolCursor(), SpoolCursor(segment: 1, records: 2), SpoolCursor(segment: 9, records: .max),
  ])
  func `what was written is read again, and always has the same length`(cursor: SpoolCursor) {
    #expect(SpoolCursor(cursor.encoded) == cursor)
    #expect(cursor.encoded.count == SpoolCursor().encoded.count)
  }

  @Test func `anything else is no cursor`() {
    let whole = SpoolCursor(segment: 12, records: 34).encoded
    for count in 0..<whole.count { #expect(SpoolCursor(Array(whole.prefix(count))) == nil) }
    #expect(SpoolCursor(whole + whole) == nil)
    for text in ["\n", " \n", "1 2\n", "a b\n", "99999999999999999999999999 1\n"] {
      #expect(SpoolCursor(Array(text.utf8)) == nil, "\(text)")
    }
    #expect(SpoolCursor(SpoolCursor(segment: .max).encoded) == nil)
  }
}
