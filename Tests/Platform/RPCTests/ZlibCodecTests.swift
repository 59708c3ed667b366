import RPC
import TestSupport
import Testing

@Suite struct ZlibCodecTests {
  @Test(arguments: ZlibCodec.Format.allCases)
  func `what is compressed comes back, one body after another`(format: ZlibCodec.Format) throws {
    let codec = ZlibCodec(format)
    var random = SeededGenerator(seed: 5)
    for count in [0, 1, 1_000, 16_384, 16_385, 300_000] {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...7, using: &random) }
      let packed = codec.compress(bytes)
      #expect(packed.prefix(2) == (format == .gzip ? [0x1F, 0x8B] : [0x78, 0x01]))
      #expect(try codec.inflate(packed, bytesMax: count) == bytes)
      if count > 1_000 { #expect(packed.count < count / 2) }
    }
  }

  @Test func `a bomb is found out at the limit`() throws {
    let codec = ZlibCodec(.zlib)
    let bomb = codec.compress([UInt8](repeating: 0, count: 32 << 20))
    #expect(bomb.count < 200 << 10)
    #expect(throws: ZlibCodec.Failure.longerThan(1 << 20)) {
      try codec.inflate(bomb, bytesMax: 1 << 20)
    }
  }

  @Test(arguments: ZlibCodec.Format.allCases)
  func `broken, cut and continued bodies are refused, and the next is read`(
    format: ZlibCodec.Format
  ) throws {
    let codec = ZlibCodec(format)
    let text = Array("a text that is long enough to be packed, packed, packed".utf8)
    let packed = codec.compress(text)
    var cases: [[UInt8]] = [[], Array("plain".utf8), packed + [0], packed + packed]
    cases += (0..<packed.count).map { Array(packed[..<$0]) }
    var damaged = packed
    damaged[packed.count - 6] ^= 1
    cases.append(damaged)
    for bytes in cases {
      #expect(throws: ZlibCodec.Failure.invalid, "\(bytes)") {
        try codec.inflate(bytes, bytesMax: 1 << 20)
      }
    }
    #expect(try codec.inflate(packed, bytesMax: text.count) == text)
    #expect(throws: ZlibCodec.Failure.longerThan(text.count - 1)) {
      try codec.inflate(packed, bytesMax: text.count - 1)
    }
  }
}
