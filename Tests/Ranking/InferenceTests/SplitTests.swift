internal import Inference
internal import Testing

struct SplitTests {
  private static let left = -1.0
  private static let right = 1.0
  private static let zeroThreshold = 1.0000000180025095e-35

  private func score(
    _ x: Double, decision: Int, threshold: String, categories: [UInt32] = []
  ) throws -> Double {
    let stump = SampleModel.stump(
      decision: decision, threshold: threshold, categories: categories)
    return try SampleModel.rawScores(stump, [[x]])[0]
  }

  @Test(arguments: [0, 2, 4, 6, 8, 10])
  func `a value at the threshold goes left and one above goes right`(decision: Int) throws {
    #expect(try score(0.5, decision: decision, threshold: "0.5") == Self.left)
    #expect(try score(0.5.nextUp, decision: decision, threshold: "0.5") == Self.right)
    #expect(try score(-.infinity, decision: decision, threshold: "0.5") == Self.left)
    #expect(try score(.infinity, decision: decision, threshold: "0.5") == Self.right)
  }

  @Test func `without a missing type NaN is compared as zero and the default is ignored`() throws {
    for decision in [0, 2] {
      #expect(try score(.nan, decision: decision, threshold: "0") == Self.left)
      #expect(try score(.nan, decision: decision, threshold: "-1") == Self.right)
    }
  }

  @Test func `with missing type NaN only NaN takes the default direction`() throws {
    #expect(try score(.nan, decision: 8, threshold: "100") == Self.right)
    #expect(try score(.nan, decision: 10, threshold: "-100") == Self.left)
    #expect(try score(0, decision: 8, threshold: "100") == Self.left)
    #expect(try score(0, decision: 10, threshold: "-100") == Self.right)
  }

  @Test(arguments: [0, -0.0, .nan, zeroThreshold, -zeroThreshold, 1e-300])
  func `with missing type zero all that counts as zero takes the default direction`(
    x: Double
  ) throws {
    #expect(try score(x, decision: 4, threshold: "100") == Self.right)
    #expect(try score(x, decision: 6, threshold: "-100") == Self.left)
  }

  @Test func `the zero threshold is the float32 nearest to 1e-35`() throws {
    #expect(try score(Self.zeroThreshold.nextUp, decision: 4, threshold: "100") == Self.left)
    #expect(try score(-Self.zeroThreshold.nextUp, decision: 4, threshold: "100") == Self.left)
  }

  @Test func `tiny values are flushed to zero before an ordinary node sees them`() throws {
    #expect(try score(1e-36, decision: 2, threshold: "0") == Self.left)
    #expect(try score(-1e-36, decision: 2, threshold: "-1e-37") == Self.right)
  }

  @Test func `infinite thresholds are ordinary ones`() throws {
    #expect(try score(.infinity, decision: 8, threshold: "inf") == Self.left)
    #expect(try score(-1e308, decision: 8, threshold: "-inf") == Self.right)
    #expect(try score(-.infinity, decision: 8, threshold: "-inf") == Self.left)
  }

  /// Codes 0, 2, 31 and 33.
  private static let codes: [UInt32] = [1 | 1 << 2 | 1 << 31, 1 << 1]

  @Test(arguments: [0, 2, 31, 33, -0.5, 2.999, 0.1])
  func `a category in the set goes left after truncation`(x: Double) throws {
    for decision in [1, 3, 9, 11] {
      let score = try score(x, decision: decision, threshold: "0", categories: Self.codes)
      #expect(score == Self.left)
    }
  }

  @Test(
    arguments: [
      1, 32, 34, 64, 1e9, 2_147_483_647, 2_147_483_648, 4_294_967_296, 1e300, -1, -1.5, -1e300,
      .nan, .infinity, -.infinity,
    ])
  func `a category that is not in the set goes right`(x: Double) throws {
    for decision in [1, 3, 9, 11] {
      let score = try score(x, decision: decision, threshold: "0", categories: Self.codes)
      #expect(score == Self.right)
    }
  }
}
