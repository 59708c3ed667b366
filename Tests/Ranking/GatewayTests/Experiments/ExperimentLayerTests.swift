import Messages
import TestSupport
import Testing

@testable import Gateway

@Suite struct ExperimentLayerTests {
  private static let units = 100_000
  private static let arms = ["control", "treatment"].map {
    Experiment.Arm(name: $0, weight: 1, changes: ArmChanges())
  }

  private func layer(
    _ slices: [(String, Range<Int>)], named name: String = "policy"
  ) -> ExperimentLayer {
    ExperimentLayer(
      name, unit: .user,
      experiments: slices.map { Experiment($0.0, slice: $0.1, arms: Self.arms) })
  }

  private func choices(_ layer: ExperimentLayer) throws -> [String: ArmChoice] {
    var choices: [String: ArmChoice] = [:]
    for unit in 0..<Self.units {
      let question = try Samples.question { $0.userID = "u\(unit)" }
      if let choice = layer.choice(for: question) { choices[question.userID] = choice }
    }
    return choices
  }

  private func expect(_ count: Int, share: Double, _ what: String) {
    let units = Double(Self.units)
    // Four standard deviations of a binomial.
    let bound = 4 * (units * share * (1 - share)).squareRoot()
    #expect(abs(Double(count) - units * share) <= bound, "\(what): \(count)")
  }

  @Test func `an experiment has its share of the units, and each arm half of that`() throws {
    let choices = try choices(layer([("variety", 250_000..<450_000)]))
    expect(choices.count, share: 0.2, "in")
    expect(choices.values.count { $0.arm.name == "control" }, share: 0.1, "control")
    #expect(choices.values.allSatisfy { $0.experiment == "variety" && !$0.isForced })
  }

  @Test func `experiments of one layer share no unit, and together have all of it`() throws {
    let slices = [("a", 0..<300_000), ("b", 300_000..<400_000), ("c", 400_000..<1_000_000)]
    let whole = try choices(layer(slices))
    #expect(whole.count == Self.units)
    for (name, slice) in slices {
      let alone = try choices(layer([(name, slice)]))
      expect(alone.count, share: Double(slice.count) / 1e6, name)
      // Who is in does not hang on which others there are.
      #expect(alone.allSatisfy { whole[$0.key] == $0.value })
      #expect(whole.values.count { $0.experiment == name } == alone.count)
    }
  }

  /// 1 → 5 → 20 → 50 → 100 %.
  @Test func `a ramp only lets units in, and moves none to another arm`() throws {
    var before: [String: ArmChoice] = [:]
    for parts in [10_000, 50_000, 200_000, 500_000, 1_000_000] {
      let now = try choices(layer([("variety", 0..<parts)]))
      expect(now.count, share: Double(parts) / 1e6, "\(parts)")
      #expect(before.allSatisfy { now[$0.key] == $0.value }, "\(parts)")
      #expect(now.count > before.count)
      before = now
    }
  }

  @Test func `where a unit is in one layer says nothing about its arm in another`() throws {
    let one = try choices(layer([("a", 0..<500_000)], named: "one"))
    let other = try choices(layer([("b", 0..<500_000)], named: "other"))
    var counts: [String: Double] = [:]
    for unit in 0..<Self.units {
      let (a, b) = (one["u\(unit)"]?.arm.name ?? "-", other["u\(unit)"]?.arm.name ?? "-")
      counts["\(a) \(b)", default: 0] += 1
    }
    var chiSquare = 0.0
    for (a, shareA) in [("-", 0.5), ("control", 0.25), ("treatment", 0.25)] {
      for (b, shareB) in [("-", 0.5), ("control", 0.25), ("treatment", 0.25)] {
        let expected = Double(Self.units) * shareA * shareB
        let difference = (counts["\(a) \(b)"] ?? 0) - expected
        chiSquare += difference * difference / expected
      }
    }
    // Eight degrees of freedom: 26.1 is exceeded once in a thousand times.
    #expect(chiSquare < 26.1, "\(counts)")
  }

  @Test func `an arm hangs on the place in the layer not even where both have one name`() throws {
    let whole = layer([("same", 0..<1_000_000)], named: "same")
    let choices = try choices(whole)
    let low = choices.filter { whole.place(of: $0.key) < 100_000 }
    let controls = low.values.count { $0.arm.name == "control" }
    #expect(abs(Double(controls) - Double(low.count) / 2) <= 2 * Double(low.count).squareRoot())
  }

  @Test func `who is not known is in no experiment by user, and in those by request`() throws {
    let nobody = try Samples.question { $0.userID = "" }
    #expect(layer([("a", 0..<1_000_000)]).choice(for: nobody) == nil)
    let byRequest = ExperimentLayer(
      "l", unit: .request,
      experiments: [Experiment("a", slice: 0..<1_000_000, arms: Self.arms)])
    let arms = try Set(
      (0..<100).compactMap { number in
        let question = try Samples.question { ($0.userID, $0.requestID) = ("", "r\(number)") }
        return byRequest.choice(for: question)?.arm.name
      })
    #expect(arms == ["control", "treatment"])
  }

  @Test func `every user in a cell has the same arm, and cells differ`() throws {
    let seed: UInt64 = 20_251_102
    var random = SeededGenerator(seed: seed)
    let layer = ExperimentLayer(
      "l", unit: .area(kilometres: 5),
      experiments: [Experiment("a", slice: 0..<500_000, arms: Self.arms)])
    var arms: [String: Set<String>] = [:]
    for user in 0..<20_000 {
      let question = try Samples.question {
        $0.userID = "u\(user)"
        $0.requestID = "r\(user)"
        $0.place?.latitude = .random(in: 40...41, using: &random)
        $0.place?.longitude = .random(in: -74...(-73), using: &random)
      }
      let cell = AreaCell(question.coordinate, kilometres: 5).description
      arms[cell, default: []].insert(layer.choice(for: question)?.arm.name ?? "none")
    }
    #expect(arms.count > 300)
    #expect(arms.values.allSatisfy { $0.count == 1 }, "seed \(seed)")
    let inside = arms.values.count { $0 != ["none"] }
    #expect(abs(Double(inside) / Double(arms.count) - 0.5) < 0.12, "\(inside) of \(arms.count)")
  }
}
