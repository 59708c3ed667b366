internal import Inference
internal import TestSupport
internal import Testing

/// Damaged models must be refused or scored: a trap or an endless loop would end the replica.
struct ModelCorruptionTests {
  private static let rounds = 4_000
  private static let values: [Double] = [
    0, -0.5, 0.5, 1, 32, -1.5, 1e300, -1e300, 1e-36, .nan, .infinity, -.infinity,
  ]

  @Test(arguments: [
    (seed: 1, name: "mixed", text: SampleModel.mixed),
    (seed: 2, name: "linear", text: LinearLeavesTests.text),
    (
      seed: 3, name: "heads",
      text: SampleModel.constant([1, 2, 3], objective: "multiclass num_class:3", heads: 3)
    ),
  ])
  func `a damaged model is refused or scored`(seed: UInt64, name: String, text: String) {
    var generator = SeededGenerator(seed: seed)
    let original = Array(text.utf8)
    var (refused, scored) = (0, 0)
    for round in 0..<Self.rounds {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        Self.damage(&bytes, &generator)
      }
      guard let model = try? LightGBMParser.parse(bytes) else {
        refused += 1
        continue
      }
      scored += 1
      let columns = model.columnCount
      let cells = (0..<columns * 4).map { _ in Self.values.randomElement(using: &generator)! }
      #expect(throws: Never.self, "seed \(seed), round \(round) of \(name)") {
        let rows = try RowMatrix(cells, columns: columns)
        #expect(try model.scores(of: rows).count == 4 * model.headCount)
        #expect(try model.leaves(of: rows).count == 4 * model.treeCount)
      }
    }
    // Both ends must have been exercised for the test to mean anything.
    #expect(refused > Self.rounds / 10, "seed \(seed) of \(name)")
    #expect(scored > Self.rounds / 100, "seed \(seed) of \(name)")
  }

  private static func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let index = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes[index] = Array("0123456789-. =e\n".utf8).randomElement(using: &generator)!
    case 2: bytes.remove(at: index)
    case 3: bytes.insert(Array("0123456789-. ".utf8).randomElement(using: &generator)!, at: index)
    case 4: replaceNumber(in: &bytes, at: index, &generator)
    case 5: duplicateOrDropLine(in: &bytes, &generator)
    default: if index.isMultiple(of: 4) { bytes.removeSubrange(index...) }
    }
  }

  /// Swaps one number for one that is likely to hit an edge.
  private static func replaceNumber(
    in bytes: inout [UInt8], at start: Int, _ generator: inout SeededGenerator
  ) {
    let edges = [
      "0", "-1", "1", "2", "3", "-4", "-5", "nan", "inf", "-inf", "1e308", "2147483648",
      "-9223372036854775808", "9223372036854775807", "18446744073709551616",
    ]
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(first..<end, with: edges.randomElement(using: &generator)!.utf8)
  }

  private static func duplicateOrDropLine(
    in bytes: inout [UInt8], _ generator: inout SeededGenerator
  ) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let line = Int.random(in: 0..<lines.count, using: &generator)
    let taken = lines.remove(at: line)
    if Bool.random(using: &generator) {
      let copies = Bool.random(using: &generator) ? 1 : 2
      let target = Int.random(in: 0...lines.count, using: &generator)
      lines.insert(contentsOf: Array(repeating: taken, count: copies), at: target)
    }
    bytes = Array(lines.joined(separator: [10]))
  }
}
