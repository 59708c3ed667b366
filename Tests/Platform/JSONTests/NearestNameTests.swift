import Testing

@testable import JSON

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("abc", "", 3), ("", "ab", 2), ("kitten", "sitting", 3), ("ab", "ba", 1),
    ("abcd", "acbd", 1), ("same", "same", 0), ("ca", "abc", 3),
  ])
  func `the distance counts single edits`(a: String, b: String, expected: Int) {
    #expect(editDistance(Array(a), Array(b)) == expected)
    #expect(editDistance(Array(b), Array(a)) == expected)
  }

  @Test func `the nearest name is suggested if it is near`() {
    let names = ["port", "listen", "log_level"]
    #expect(nearestName(to: "prot", among: names) == "port")
    #expect(nearestName(to: "LogLevel", among: names) == "log_level")
    #expect(nearestName(to: "budget", among: names) == nil)
    #expect(nearestName(to: "port", among: []) == nil)
    #expect(nearestName(to: String(repeating: "a", count: 101), among: names) == nil)
  }
}
