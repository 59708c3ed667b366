internal import Inference
internal import TestSupport
internal import Testing

struct TreeEngineTests {
  private func expectAlike(
    _ random: RandomModel, seed: UInt64, rounds: Int = 12, methods: Int = 2,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<rounds {
      let model = try SampleModel.load(random.text(&generator))
      let perKernel = (model.methods.count - 1) / EngineKernel.available.count
      #expect(perKernel == methods, "seed \(seed), round \(round)", sourceLocation: sourceLocation)
      let count = [1, 7, 16, 33, 64, 200, 256, 300].randomElement(using: &generator)!
      let cells = (0..<count * random.columns).map { _ in random.cell(&generator) }
      let floats = cells.map { Float($0) }
      for rows in [
        try RowMatrix(cells, columns: random.columns),
        try RowMatrix(floats, columns: random.columns),
      ] {
        let walked = try model.rawScores(of: rows, by: .walk)
        for method in model.methods + [.quickest] {
          let scores = try model.rawScores(of: rows, by: method)
          let failures = scores.indices.filter { scores[$0].bitPattern != walked[$0].bitPattern }
          #expect(
            failures.isEmpty,
            "seed \(seed), round \(round), \(method): \(failures.count) of \(walked.count) scores",
            sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test(arguments: 1...6) func `random trees score the same bits every way`(seed: UInt64) throws {
    try expectAlike(RandomModel(), seed: seed)
  }

  @Test func `numeric trees score the same bits every way`() throws {
    try expectAlike(RandomModel(leaves: 2...64, categoricalShare: 0), seed: 21)
  }

  @Test func `a column may have thousands of thresholds`() throws {
    let random = RandomModel(columns: 1, trees: 40...60, leaves: 100...200, categoricalShare: 0)
    try expectAlike(random, seed: 22, rounds: 2)
  }

  @Test func `heads are summed apart`() throws {
    try expectAlike(RandomModel(heads: 3, trees: 3...5), seed: 23)
  }

  @Test func `sets may be empty, and hold codes far apart`() throws {
    try expectAlike(RandomModel(columns: 3, codeMax: 5_000, categoricalShare: 1), seed: 24)
  }

  @Test func `trees of one leaf may be all there are`() throws {
    try expectAlike(RandomModel(leaves: 1...1), seed: 25, rounds: 3)
  }

  @Test func `trees of more than 256 leaves are numbered with more than a byte`() throws {
    try expectAlike(RandomModel(trees: 1...3, leaves: 250...1_200), seed: 26, rounds: 4)
  }

  @Test func `trees of more leaves than a block can have are walked row by row`() throws {
    let random = RandomModel(trees: 1...2, leaves: 4_097...4_200)
    try expectAlike(random, seed: 27, rounds: 1, methods: 1)
  }

  @Test func `columns are as many as a model says, whatever it looks at`() throws {
    try expectAlike(RandomModel(columns: 1), seed: 28, rounds: 4)
    try expectAlike(RandomModel(columns: 200, leaves: 2...9), seed: 29, rounds: 4)
  }

  @Test func `linear leaves are walked`() throws {
    let model = try SampleModel.load(LinearLeavesTests.text)
    #expect(model.methods == [.walk])
    let rows = try RowMatrix([-4.0, 3, 1, 3], columns: 2)
    for method in [ScoringMethod.quickest, .blocks(.best), .each(.best)] {
      #expect(try model.rawScores(of: rows, by: method) == [18, 20])
    }
  }

  @Test func `many threads may score with one model`() async throws {
    var generator = SeededGenerator(seed: 30)
    let random = RandomModel()
    let model = try SampleModel.load(random.text(&generator))
    let batches = try (0..<8).map { _ in
      try RowMatrix((0..<40 * random.columns).map { _ in random.cell(&generator) }, columns: 11)
    }
    let expected = try batches.map { try model.rawScores(of: $0, by: .walk) }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for (rows, walked) in zip(batches, expected) {
        group.addTask {
          try (0..<50).allSatisfy { _ in
            try model.rawScores(of: rows).elementsEqual(walked) { $0.bitPattern == $1.bitPattern }
          }
        }
      }
      for try await isSame in group { #expect(isSame, "seed 30") }
    }
  }

  @Test func `the portable kernel is there on every processor, and the best is available`() {
    #expect(EngineKernel.portable.isAvailable)
    #expect(EngineKernel.best == EngineKernel.available.last)
  }
}
