import Testing

@testable import Commands

struct TextTableTests {
  @Test func `columns are as wide as their widest cell, and lines have no trailing blanks`() {
    var table = TextTable(["name": .left, "km": .right, "": .left])
    table.append(["Zuni", "1.25", ""])
    table.append(["Tartine Bakery", "10.00", "explored"])
    #expect(
      table.text == """
        name               km
        Zuni             1.25
        Tartine Bakery  10.00  explored
        """)
  }

  @Test func `a table without rows is its header`() {
    #expect(TextTable(["a": .left, "b": .right]).text == "a  b")
  }

  @Test func `characters are counted, not bytes`() {
    var table = TextTable(["name": .left, "n": .right])
    table.append(["Café Ö", "1"])
    table.append(["Cafe Oo", "2"])
    #expect(table.text == "name     n\nCafé Ö   1\nCafe Oo  2")
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-1.25, 1, "-1.3"), (0.999, 2, "1.00"),
    (12.34, 0, "12"), (-0.001, 2, "0.00"), (5.05, 3, "5.050"), (1e9, 1, "1000000000.0"),
    (.nan, 2, "-"), (.infinity, 0, "-"), (-.infinity, 1, "-"), (1e300, 2, "1e+300"),
  ])
  func `numbers have the digits asked for`(value: Double, digits: Int, text: String) {
    #expect(value.fixed(digits) == text)
  }

  @Test func `microseconds are shown as milliseconds`() {
    #expect(milliseconds(0) == "0.0")
    #expect(milliseconds(1_250) == "1.3")
    #expect(milliseconds(200_000) == "200.0")
  }
}
