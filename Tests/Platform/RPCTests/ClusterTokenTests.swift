import RPC
import Testing

@Suite struct ClusterTokenTests {
  private func read(_ text: String) -> ClusterToken? {
    try? ClusterToken(contents: Array(text.utf8))
  }

  @Test func `a token is read without the spaces and line ends around it`() {
    let token = read(" 0123456789abcdef\r\n\n")
    #expect(token?.text == "0123456789abcdef")
    #expect(token?.isPresent == true)
    #expect(!ClusterToken.none.isPresent && ClusterToken.none.text.isEmpty)
  }

  @Test func `what is too short, too long or not visible is refused`() {
    #expect(read("") == nil && read("\n") == nil && read("0123456789abcde") == nil)
    #expect(read(String(repeating: "x", count: 256)) != nil)
    #expect(read(String(repeating: "x", count: 257)) == nil)
    #expect(read("0123456789 abcdef") == nil && read("0123456789äbcdef") == nil)
    #expect {
      try ClusterToken(contents: [0x61, 0x62, 0x63])
    } throws: {
      "\($0)" == "a token has 16 to 256 characters, this one 3"
    }
  }

  @Test func `a token is never printed`() {
    #expect("\(read("0123456789abcdef")!)" == "set")
    #expect("\(ClusterToken.none)" == "none")
  }
}
