/// Inputs that have broken a promise, or a process, before the reader was corrected.
enum Regressions {
  static let inputs: [String: [[UInt8]]] = [
    // Brackets in brackets were taken off once by each reading.
    // A name in brackets was written without them, and then was another kind of source.
    // A blank before a name made it no source of names, and was not written.
    "address": [Array("[[a]]:1".utf8), Array("[dns]:4".utf8), Array(" dns:1".utf8)],
    // Doubled quotes were not counted against the longest field.
    "csv": [Array(("\"" + String(repeating: "\"\"", count: 70) + "\"\n").utf8)],
    // The head's longest line and its longest whole are both passed.
    "http-request": [
      Array(
        ("GET / HTTP/1.1\r\n" + String(repeating: "h: 1\r\n", count: 11)
          + String(repeating: "x", count: 1_100)).utf8),
      // A line without a name passes the head's limit: what is said of it hung on the pieces.
      Array(
        ("GET / HTTP/1.1\r\nHost: h\r\n"
          + String(repeating: "a:" + String(repeating: "x", count: 250) + "\r\n", count: 3)
          + String(repeating: "x", count: 250) + "\r\n\r\n").utf8),
    ],
    // A string with U+0000 was printed, and what was printed refused.
    "protobuf-to-json": [[0, 0x12, 3, 0x61, 0, 0x62]],
  ]
}
