import Testing

@testable import RPC

@Suite struct TranscodingBase64Tests {
  @Test func `bytes of every length are written by the book and read back`() {
    var random = SeededGenerator(seed: 3)
    for count in 0...70 {
      let bytes = random.bytes(count...count)
      let text = Base64.encode(bytes)
      #expect(text == Base64Reference.encode(bytes))
      #expect(Base64.decode(text) == bytes)
      let bare = text.replacing("=", with: "")
      #expect(Base64.decode(bare) == bytes)
      let urlSafe = bare.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
      #expect(Base64.decode(String(urlSafe)) == bytes)
    }
  }

  @Test(arguments: ["A", "A===", "AA=", "AAA==", "====", "A A=", "AA*=", "AAAAA", "é", "AA==AA=="])
  func `what is no base64 is refused`(text: String) {
    #expect(Base64.decode(text) == nil)
  }
}
