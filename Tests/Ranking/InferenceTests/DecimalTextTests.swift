internal import Inference
internal import Testing

struct DecimalTextTests {
  private func double(_ text: String) -> Double? { DecimalText.double(Array(text.utf8)[...]) }

  @Test(
    arguments: zip(
      [
        "0", "-0.5", "+2", "1.", ".5", "1e3", "1E-3", "1.0000000180025095e-35",
        "-1.7976931348623157e+308", "4.9406564584124654e-324", "0.1", "9007199254740993",
      ],
      [
        0, -0.5, 2, 1, 0.5, 1000, 0.001, 1.0000000180025095e-35, -Double.greatestFiniteMagnitude,
        Double.leastNonzeroMagnitude, 0.1, 9_007_199_254_740_992,
      ]))
  func `decimals are rounded to the nearest double`(text: String, value: Double) {
    #expect(double(text) == value)
  }

  @Test func `a halfway decimal with a distant last digit rounds up`() {
    let zeros = String(repeating: "0", count: 700)
    #expect(double("9007199254740993.\(zeros)1") == 9_007_199_254_740_994)
    #expect(double("9007199254740993.\(zeros)0") == 9_007_199_254_740_992)
  }

  @Test func `numbers beyond the range become infinite or zero`() {
    #expect(double("1e999") == .infinity)
    #expect(double("-1e999") == -.infinity)
    #expect(double("1e-999") == 0)
    #expect(double("1e99999999999999999999") == .infinity)
  }

  @Test func `infinities and NaN are words in any case`() {
    for text in ["inf", "+inf", "INF", "Infinity"] { #expect(double(text) == .infinity) }
    for text in ["-inf", "-INFINITY"] { #expect(double(text) == -.infinity) }
    for text in ["nan", "NaN", "-nan"] { #expect(double(text)?.isNaN == true) }
  }

  @Test(
    arguments: [
      "", " ", "-", ".", "e5", "1e", "1e+", "--1", "1 ", " 1", "1_000", "0x10", "0x1p3", "nan(1)",
      "infinityx", "in", "1,5", "1\u{0}", "١", "1d3", "1.2.3",
    ])
  func `all else is not a number`(text: String) {
    #expect(double(text) == nil)
  }

  @Test func `a number of absurd length is not parsed`() {
    #expect(double(String(repeating: "1", count: 1_200)) == .infinity)
    #expect(double(String(repeating: "1", count: 1_201)) == nil)
  }

  @Test func `excerpts are cut and show no control characters`() {
    #expect(DecimalText.excerpt("a\u{1B}[2Jb".utf8) == "a\u{FFFD}[2Jb")
    let long = DecimalText.excerpt(String(repeating: "x", count: 41).utf8)
    #expect(long == String(repeating: "x", count: 40) + "…")
  }
}
