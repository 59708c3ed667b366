/// A trace's 16 bytes; zero is none.
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
  package var high: UInt64
  package var low: UInt64

  package init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// 32 hexadecimal digits in lower case, as W3C writes them; anything else is nil, and zero too.
  package init?(_ text: String) {
    guard text.utf8.count == 32, let high = SpanID.parse(text.prefix(16)),
      let low = SpanID.parse(text.suffix(16)), high | low != 0
    else { return nil }
    self.init(high: high, low: low)
  }

  package var description: String { SpanID.text(high) + SpanID.text(low) }
}

/// Ids of spans, which are 8 bytes; zero is none.
package enum SpanID {
  /// The id of the span in which a server answers a call, by what it knows of the call: those who
  /// speak of the span need not tell each other.
  package static func server(
    of trace: TraceID, parent: UInt64, received: Instant
  ) -> UInt64 {
    let call = mixed(parent ^ mixed(UInt64(bitPattern: received.nanoseconds)))
    let id = mixed(trace.high ^ mixed(trace.low ^ call))
    return id == 0 ? 1 : id
  }

  /// The id of a span's child. Allocates nothing: it is asked for in every hop.
  package static func child(of parent: UInt64, _ index: UInt64) -> UInt64 {
    let id = mixed(parent &+ index &* 0x9E37_79B9_7F4A_7C15)
    return id == 0 ? 1 : id
  }

  /// 16 digits.
  package static func text(_ id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// Exactly 16 digits, in lower case only.
  package static func parse(_ text: some StringProtocol) -> UInt64? {
    guard text.utf8.count == 16 else { return nil }
    var value: UInt64 = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
      case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  /// SplitMix64's last steps (Steele, Lea and Flood 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
