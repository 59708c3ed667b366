/// Inputs that have broken a promise, or a process, before the reader was corrected.
enum Regressions {
  static let inputs: [String: [[UInt8]]] = [
    // Brackets in brackets were taken off once by each reading.
    "address": [Array("[[a]]:1".utf8)],
    // A string with U+0000 was printed, and what was printed refused.
    "protobuf-to-json": [[0, 0x12, 3, 0x61, 0, 0x62]],
  ]
}
