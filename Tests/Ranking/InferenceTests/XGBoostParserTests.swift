internal import Glibc
internal import Inference
internal import JSON
internal import Storage
internal import TestSupport
internal import Testing

struct XGBoostParserTests {
  private static let folder = Checkout.root + "/Tests/Fixtures/xgboost"
  static let names = ["logistic", "regression", "rank", "poisson-dart", "classes", "categories"]

  private static let hasXGBoost = system("python3 -c 'import xgboost' > /dev/null 2>&1") == 0

  private func read(_ file: String, in folder: String = folder) throws -> [UInt8] {
    try DiskFile.read("\(folder)/\(file)", limitBytes: 1 << 20)
  }

  private func numbers(_ value: JSONValue?) -> [Double] {
    value?.array?.map { $0.isNull ? .nan : $0.double ?? .infinity } ?? []
  }

  private func expectItsScores(_ name: String, in folder: String) throws {
    let model = try ModelParser.parse(try read("\(name).model.json", in: folder))
    let scored = try JSONValue(parsing: try read("\(name).scores.json", in: folder))
    let cells = scored["rows"]?.array?.flatMap { numbers($0) } ?? []
    let rows = try RowMatrix(cells, columns: model.columnCount)
    let (margins, scores) = (numbers(scored["margins"]), numbers(scored["scores"]))
    #expect(margins.count == rows.count * model.headCount && rows.count > 0)
    for method in model.methods {
      for (sum, margin) in zip(try model.rawScores(of: rows, by: method), margins) {
        #expect(abs(sum - margin) <= 1e-6 * max(1, abs(margin)), "\(name), \(method)")
      }
    }
    for (score, expected) in zip(try model.scores(of: rows), scores) {
      #expect(abs(score - expected) <= 1e-6 * max(1, abs(expected)), "\(name)")
    }
  }

  @Test(arguments: names) func `scores agree with XGBoost's own`(name: String) throws {
    try expectItsScores(name, in: Self.folder)
  }

  @Test(.enabled(if: hasXGBoost, "python3 has no package xgboost"))
  func `models of the XGBoost that is installed score as it does`() throws {
    let folder = TemporaryFolder()
    let program = "\(Self.folder)/make.py"
    #expect(system("python3 '\(program)' '\(folder.path)' > /dev/null 2>&1") == 0)
    for name in Self.names { try expectItsScores(name, in: folder.path) }
  }

  @Test func `codes that are none are not in the set, and NaN goes where the node says`() throws {
    let text = String(decoding: try read("categories.model.json"), as: UTF8.self)
    let model = try ModelParser.parse(Array(text.utf8))
    let cells: [Float] = [-1, -0.5, 1e9, .infinity].flatMap { [0, 0, 0, $0] }
    let unseen = try model.score(matrix: [0, 0, 0, 45], columns: 4)[0]
    for score in try model.score(matrix: cells, columns: 4) { #expect(score == unseen) }
  }

  // MARK: Refusals

  private func refusal(_ name: String, replacing old: String, with new: String) throws -> String {
    let text = String(decoding: try read("\(name).model.json"), as: UTF8.self)
    #expect(text.contains(old))
    do {
      _ = try ModelParser.parse(Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func `what does not fit is refused with its path and line`() throws {
    let cases = [
      ("\"left_children\":[1,", "\"left_children\":[0,", "reaches node 0 twice"),
      ("\"left_children\":[1,", "\"left_children\":[2,", "reaches node 2 twice"),
      ("\"left_children\":[1,", "\"left_children\":[-1,", "one child of node 0"),
      ("\"left_children\":[1,", "\"left_children\":[99,", "left_children[0] is not a number"),
      ("\"left_children\":[1,", "\"left_children\":[1,1,", "elements, expected"),
      (
        "\"num_feature\":\"4\",\"num_target\"", "\"num_feature\":\"0\",\"num_target\"",
        "integer of 1"
      ),
      (
        "\"num_feature\":\"4\",\"num_target\"", "\"num_feature\":\"1\",\"num_target\"",
        "split_indices"
      ),
      ("\"binary:logistic\"", "\"binary:hinge\"", "objective 'binary:hinge' is not known"),
      ("\"base_score\":\"[", "\"base_score\":\"[2,", "base_score"),
      ("\"base_score\":\"[", "\"base_score\":\"[x", "base_score"),
      ("\"gbtree\"", "\"gblinear\"", "neither gbtree nor dart"),
      ("\"tree_info\":[0", "\"tree_info\":[1", "tree_info[0]"),
      ("\"split_conditions\":[", "\"split_conditions\":[\"", "not JSON"),
    ]
    for (old, new, problem) in cases {
      let refusal = try refusal("logistic", replacing: old, with: new)
      #expect(refusal.hasPrefix("line 1: ") && refusal.contains(problem), "\(new): \(refusal)")
    }
    let refusal = try refusal(
      "categories", replacing: "\"categories_segments\":[0", with: "\"categories_segments\":[9999")
    #expect(refusal.contains("categories_segments[0]"), "\(refusal)")
  }

  @Test(arguments: names) func `a damaged model is refused or scored`(name: String) throws {
    var generator = SeededGenerator(seed: 7)
    let original = try read("\(name).model.json")
    var refused = 0
    for round in 0..<300 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] = Array("0123456789-.,:e[]{}\"".utf8).randomElement(using: &generator)!
      }
      guard let model = try? ModelParser.parse(bytes) else {
        refused += 1
        continue
      }
      let cells: [Float] = (0..<model.columnCount * 3).map { _ in
        [0, -1, 1.5, 39, .nan, .infinity].randomElement(using: &generator)!
      }
      let scores = try model.score(matrix: cells, columns: model.columnCount)
      #expect(scores.count == 3 * model.headCount, "seed 7, round \(round) of \(name)")
    }
    #expect(refused > 30 && refused < 300)
  }
}
