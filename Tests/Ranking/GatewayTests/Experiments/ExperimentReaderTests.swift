import TestSupport
import Testing

@testable import Gateway

@Suite struct ExperimentReaderTests {
  private func problems(_ text: String) -> [String] { SampleExperiments.problems(text) }

  /// Of a file with one layer, which has one experiment: its members.
  private func ofExperiment(_ members: String) -> [String] {
    problems(#"{"layers": [{"name": "l", "unit": "user", "experiments": [{\#(members)}]}]}"#)
  }

  /// Of a file with one arm: its members.
  private func ofArm(_ members: String) -> [String] {
    ofExperiment(#""name": "e", "share": 1, "arms": [{\#(members)}]"#)
  }

  @Test func `a file says everything there is to say`() throws {
    let set = try SampleExperiments.read(
      """
      {"layers": [
        {"name": "policy", "unit": "area", "area_km": 5, "description": "how lists are cut",
         "experiments": [
           {"name": "variety", "from": 0.25, "share": 0.5, "description": "fewer of one kind",
            "arms": [
              {"name": "control", "weight": 3},
              {"name": "treatment", "description": "one in a row", "set": {
                "exploration_rate": 0.2, "discovery_bonus": -0.5, "category_run_max": 1,
                "head": "click=0.5,order=1", "model": "taste/4"}}]}]},
        {"name": "unused", "unit": "request", "experiments": []}]}
      """)
    let layer = set.layers[0]
    #expect(set.layers.map(\.name) == ["policy", "unused"])
    #expect(layer.unit == .area(kilometres: 5) && set.layers[1].unit == .request)
    let experiment = layer.experiments[0]
    #expect(experiment.name == "variety" && experiment.slice == 250_000..<750_000)
    #expect(experiment.arms.map(\.weight) == [3, 1])
    #expect(experiment.arms[0].changes == ArmChanges())
    #expect(
      experiment.arms[1].changes
        == ArmChanges(
          explorationRate: 0.2, discoveryBonus: -0.5, categoryRunMax: 1,
          head: HeadWeights("click=0.5,order=1"), model: ModelWish("taste/4")))
  }

  @Test func `the example that is shipped can be used`() throws {
    let source = try ExperimentSource(path: "\(Checkout.root)/deploy/experiments.json")
    #expect(source.set.experiments.map(\.name) == ["variety", "next"])
  }

  @Test func `slices of decimals that no double has exactly fit end to end`() throws {
    let set = try SampleExperiments.read(
      SampleExperiments.text(
        SampleExperiments.layer(
          "l", SampleExperiments.experiment("a", from: 0.1, share: 0.2),
          SampleExperiments.experiment("b", from: 0.3, share: 0.6),
          SampleExperiments.experiment("c", from: 0.9, share: 0.1))))
    #expect(
      set.experiments.map(\.slice) == [100_000..<300_000, 300_000..<900_000, 900_000..<1_000_000])
  }

  @Test func `slices that overlap are refused, naming both`() {
    #expect(
      problems(
        #"""
        {"layers": [{"name": "l", "unit": "user", "experiments": [
          {"name": "a", "from": 0.1, "share": 0.2, "arms": [{"name": "x"}]},
          {"name": "b", "from": 0.29, "share": 0.1, "arms": [{"name": "x"}]}]}]}
        """#)
        == [#"3:3: "b" overlaps "a", which has the layer from 0.1 to 0.3"#])
  }

  @Test func `one parameter in two layers is refused, naming both; in one layer it is fine`() {
    func file(_ first: String, _ second: String) -> [String] {
      problems(
        """
        {"layers": [{"name": "one", "unit": "user", "experiments": [
        \(SampleExperiments.experiment("a", share: 0.5, first))]},
        {"name": "two", "unit": "user", "experiments": [
        \(SampleExperiments.experiment("b", from: 0.5, share: 0.5, second))]}]}
        """)
    }
    for parameter in [
      #"{"exploration_rate": 0.1}"#, #"{"discovery_bonus": 1}"#, #"{"category_run_max": 1}"#,
      #"{"head": "order"}"#, #"{"model": "taste"}"#,
    ] {
      let name = parameter.split(separator: "\"")[1]
      #expect(
        file(parameter, parameter) == [
          "5:1: \"b\" of layer \"two\" sets \(name), as \"a\" of layer \"one\" does: "
            + "both have to be in one layer"
        ])
      #expect(file(parameter, "{}").isEmpty)
      #expect(
        problems(
          SampleExperiments.text(
            SampleExperiments.layer(
              "l", SampleExperiments.experiment("a", share: 0.5, parameter),
              SampleExperiments.experiment("b", from: 0.5, share: 0.5, parameter)))
        ).isEmpty)
    }
  }

  @Test func `every problem is told, in the order of the file`() {
    #expect(
      problems(
        #"""
        {"layers": [
          {"name": "L", "unit": "users", "experiments": [
            {"name": "a", "from": 0.5, "share": 0.6, "arms": []},
            {"name": "b", "share": 0.0000001, "arms": [{"name": "x"}, {"name": "x"}]}]},
          {"name": "m", "unit": "area", "experimnts": []}], "layer": 1}
        """#)
        == [
          #"2:12: "name" of a layer is \#(Experiment.nameRule)"#,
          #"2:25: unknown unit "users"; did you mean "user"?"#,
          #"3:41: "from" and "share" are more than 1 together"#,
          #"3:54: "arms" has 0 entries; 1 to 16 are possible"#,
          #"4:28: "share" is a number from 0 to 1, of six decimals at most"#,
          #"4:72: the arm "x" stands twice, first at 4:57"#,
          #"5:3: a layer needs "area_km""#, #"5:3: a layer needs "experiments""#,
          #"5:33: unknown key "experimnts"; did you mean "experiments"?"#,
          #"5:53: unknown key "layer"; did you mean "layers"?"#,
        ])
  }

  @Test(arguments: [
    ("[]", "1:1: the file is an object, not an array"),
    ("{}", #"1:1: the file needs "layers""#),
    (#"{"layers": {}}"#, #"1:12: "layers" is an array, not an object"#),
    (#"{"layers": [1]}"#, "1:13: a layer is an object, not a number"),
    ("{", "1:2: "),
    (
      #"{"layers": [{"name": "l", "unit": "user", "area_km": 1, "experiments": []}]}"#,
      #"1:54: "area_km" is of a layer whose unit is area"#
    ),
    (
      #"{"layers": [{"name": "l", "unit": "area", "area_km": 0, "experiments": []}]}"#,
      #"1:54: "area_km" is a number from 0.1 to 1000.0"#
    ),
    (
      #"{"layers": [{"name": "l", "unit": 7, "experiments": []}]}"#,
      #"1:35: "unit" is a string, not a number"#
    ),
    (
      #"{"layers": [{"name": "l", "unit": "user", "experiments": []}, {"name": "l", "unit": "user", "experiments": []}]}"#,
      #"1:72: the layer "l" stands twice, first at 1:22"#
    ),
  ])
  func `what is no file of experiments is refused`(text: String, problem: String) {
    let problems = problems(text)
    #expect(problems.count == 1 && problems[0].hasPrefix(problem), "\(problems)")
  }

  @Test(arguments: [
    (#""share": 1, "arms": [{"name": "x"}]"#, #"an experiment needs "name""#),
    (#""name": "e", "arms": [{"name": "x"}]"#, #"an experiment needs "share""#),
    (#""name": "e", "share": 1"#, #"an experiment needs "arms""#),
    (#""name": "e", "share": 1.5, "arms": [{"name": "x"}]"#, #""share" is a number from 0 to 1"#),
    (#""name": "e", "share": "1", "arms": [{"name": "x"}]"#, #""share" is a number from 0 to 1"#),
    (
      #""name": "e", "from": -0.1, "share": 1, "arms": [{"name": "x"}]"#,
      #""from" is a number from 0 to 1"#
    ),
    (#""name": 7, "share": 1, "arms": [{"name": "x"}]"#, #""name" of an experiment is up to 32"#),
  ])
  func `what is no experiment is refused`(members: String, problem: String) {
    let problems = ofExperiment(members)
    #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
  }

  @Test(arguments: [
    (#""weight": 1"#, #"an arm needs "name""#),
    (#""name": "x", "weight": 0"#, #""weight" is a number from 0.001 to 1000000.0"#),
    (#""name": "x", "wieght": 1"#, #"unknown key "wieght"; did you mean "weight"?"#),
    (#""name": "x", "set": 3"#, #""set" of an arm is an object, not a number"#),
    (#""name": "x", "set": {"exploration": 3}"#, #"unknown key "exploration""#),
    (
      #""name": "x", "set": {"exploration_rate": 1.1}"#,
      #""exploration_rate" is a number from 0.0 to 1.0"#
    ),
    (
      #""name": "x", "set": {"discovery_bonus": 1e9}"#,
      #""discovery_bonus" is a number from -1000.0 to 1000.0"#
    ),
    (
      #""name": "x", "set": {"category_run_max": 1.5}"#,
      #""category_run_max" is a whole number from 1 to 1000"#
    ),
    (#""name": "x", "set": {"head": "a=0"}"#, #""head" is a name or NAME=WEIGHT,…"#),
    (#""name": "x", "set": {"head": 1}"#, #""head" is a name or NAME=WEIGHT,…"#),
    (#""name": "x", "set": {"model": "a/b/c"}"#, #""model" is NAME or NAME/VERSION"#),
    (#""name": "x", "set": {"model": ""}"#, #""model" is NAME or NAME/VERSION"#),
  ])
  func `what is no arm is refused`(members: String, problem: String) {
    let problems = ofArm(members)
    #expect(problems.count == 1 && problems[0].contains(problem), "\(problems)")
  }

  @Test func `a name is one experiment's in all layers`() {
    let experiment = SampleExperiments.experiment("same")
    let problems = problems(
      SampleExperiments.text(
        SampleExperiments.layer("a", experiment), SampleExperiments.layer("b", experiment)))
    #expect(problems.count == 1)
    #expect(problems.first?.contains(#"the experiment "same" stands twice, first at 1:"#) == true)
  }

  @Test func `there are limits to layers, experiments and arms`() {
    func layers(_ count: Int, _ experiments: Int = 0) -> String {
      let layers = (0..<count).map { layer in
        let all = (0..<experiments).map { number in
          #"{"name": "e\#(layer)-\#(number)", "share": 0, "arms": [{"name": "x"}]}"#
        }
        return
          #"{"name": "l\#(layer)", "unit": "user", "experiments": [\#(all.joined(separator: ","))]}"#
      }
      return #"{"layers": [\#(layers.joined(separator: ","))]}"#
    }
    #expect(problems(layers(8, 8)).isEmpty)
    #expect(problems(layers(9)) == [#"1:12: "layers" has 9 entries; 0 to 8 are possible"#])
    #expect(problems(layers(5, 13)) == ["1:12: there are 65 experiments; 64 are possible"])
    let many = (0..<17).map { number in
      let arms = (0..<16).map { #"{"name": "a\#($0)"}"# }.joined(separator: ",")
      return #"{"name": "e\#(number)", "share": 0, "arms": [\#(arms)]}"#
    }
    func together(_ count: Int) -> [String] {
      problems(
        #"{"layers": [{"name": "l", "unit": "user", "experiments": ["#
          + many.prefix(count).joined(separator: ",") + "]}]}")
    }
    #expect(together(16).isEmpty)
    #expect(together(17) == ["1:12: the experiments have 272 arms together; 256 are possible"])
    func arms(_ count: Int) -> [String] {
      let arms = (0..<count).map { #"{"name": "a\#($0)"}"# }.joined(separator: ",")
      return ofExperiment(#""name": "e", "share": 1, "arms": [\#(arms)]"#)
    }
    #expect(arms(16).isEmpty)
    #expect(arms(17).first?.contains(#""arms" has 17 entries; 1 to 16 are possible"#) == true)
  }

  @Test func `of very many problems the first are told, and how many more there are`() {
    let keys = (0..<200).map { #""k\#($0)": 1"# }.joined(separator: ",")
    let problems = problems("{\(keys)}")
    #expect(problems.count == ExperimentError.problemsMax + 1)
    #expect(problems.last?.hasSuffix("and 101 more problems") == true, "\(problems)")
  }

  @Test func `a file that was cut or changed by chance is read or refused, never more`() {
    let seed: UInt64 = 20_251_103
    var random = SeededGenerator(seed: seed)
    let whole = Array(
      SampleExperiments.text(
        SampleExperiments.layer(
          "l", SampleExperiments.experiment("a", #"{"model": "taste/4", "head": "order"}"#))
      ).utf8)
    var taken = 0
    for _ in 0..<2_000 {
      var bytes = whole
      let index = Int.random(in: 0..<bytes.count, using: &random)
      if random.chance(2) {
        bytes = Array(bytes[..<index])
      } else {
        bytes[index] = random.bytes(1...1)[0]
      }
      let isTaken = (try? ExperimentSet(parsing: bytes, file: "x")) != nil
      if isTaken { taken += 1 }
    }
    #expect(taken > 20 && taken < 1_000, "seed \(seed): \(taken)")
  }
}
