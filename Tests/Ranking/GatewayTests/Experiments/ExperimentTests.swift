import TestSupport
import Testing

@testable import Gateway

@Suite struct ExperimentTests {
  private func experiment(
    _ name: String = "variety", weights: [Double] = [1, 1]
  ) -> Experiment {
    Experiment(
      name, slice: 0..<ExperimentLayer.parts,
      arms: weights.enumerated().map {
        Experiment.Arm(name: "arm-\($0)", weight: $1, changes: ArmChanges())
      })
  }

  @Test(arguments: [[1.0, 1], [9, 1], [1, 2, 3, 4], [0.001, 999.999], [1]])
  func `arms have the shares of their weights`(weights: [Double]) {
    let experiment = experiment(weights: weights)
    let units = 100_000
    var counts: [String: Int] = [:]
    for unit in 0..<units { counts[experiment.arm(of: "u\(unit)").name, default: 0] += 1 }
    for (index, weight) in weights.enumerated() {
      let share = weight / weights.reduce(0, +)
      #expect(abs(experiment.share(of: index) - share) < 1e-12)
      // Four standard deviations of a binomial.
      let bound = 4 * (Double(units) * share * (1 - share)).squareRoot() + 1
      let count = Double(counts["arm-\(index)"] ?? 0)
      #expect(abs(count - Double(units) * share) <= bound, "\(weights): \(counts)")
    }
  }

  @Test func `two experiments give their arms without regard to each other`() {
    let (one, other) = (experiment("one"), experiment("other"))
    var counts: [String: Double] = [:]
    let units = 100_000
    for unit in 0..<units {
      let key = one.arm(of: "u\(unit)").name + other.arm(of: "u\(unit)").name
      counts[key, default: 0] += 1
    }
    let expected = Double(units) / 4
    let chiSquare = counts.values.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    // Three degrees of freedom: 16.3 is exceeded once in a thousand times.
    #expect(counts.count == 4 && chiSquare < 16.3, "\(counts)")
  }

  @Test(arguments: [
    ("a", true), ("new-model_2", true), ("2", true), (String(repeating: "x", count: 32), true),
    ("", false), (String(repeating: "x", count: 33), false), ("New", false), ("a.b", false),
    ("a=b", false), ("-a", false), ("é", false), ("a b", false), ("a\"", false),
  ])
  func `names are labels`(name: String, isName: Bool) {
    #expect(Experiment.isName(name) == isName)
  }
}
