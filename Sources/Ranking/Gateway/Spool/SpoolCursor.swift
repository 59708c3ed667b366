/// How far a spool has been forwarded: everything before the segment, and this many of its records.
struct SpoolCursor: Equatable, Sendable {
  var segment: UInt64 = 0
  var records: UInt64 = 0

  /// Of a fixed length, so that writing it over an older one leaves nothing of that behind.
  var encoded: [UInt8] { Array("\(Self.padded(segment)) \(Self.padded(records))\n".utf8) }

  init(segment: UInt64 = 0, records: UInt64 = 0) {
    self.segment = segment
    self.records = records
  }

  /// Nil for anything that `encoded` does not write.
  init?(_ bytes: [UInt8]) {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    let fields = bytes.dropLast().split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard fields.count == 2, let segment = UInt64(String(decoding: fields[0], as: UTF8.self)),
      let records = UInt64(String(decoding: fields[1], as: UTF8.self)),
      // Leaves room to count on from.
      segment < UInt64.max / 2
    else { return nil }
    self.init(segment: segment, records: records)
    guard encoded == bytes else { return nil }
  }

  static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}
