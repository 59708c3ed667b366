internal import JSON

/// Loads XGBoost's JSON models, gbtree and dart, from memory. The bytes are not trusted: each length,
/// index and number is checked, and a wrong one is refused with its line.
package enum XGBoostParser {
  /// - Parameters:
  ///   - name, version: what the model is called; they are not in the file.
  ///   - schema: fingerprint of the feature definition it was trained on; 0: unknown.
  package static func parse(
    _ bytes: [UInt8], name: String = "", version: String = "", schema: UInt64 = 0,
    limits: ModelLimits = ModelLimits()
  ) throws(ModelError) -> Model {
    let learner = try document(bytes, limits).member("learner")
    let objectiveName = try learner.member("objective").member("name").text()
    guard let objective = XGBoostObjective(objectiveName) else {
      throw ModelError(
        line: learner.line, .unknownObjective(DecimalText.excerpt(objectiveName.utf8)))
    }
    let parameters = try learner.member("learner_model_param")
    let columns = try parameters.member("num_feature").textInteger(in: 1...limits.features)
    let heads = try headCount(parameters, limits)
    let (trees, treeHeads) = try trees(learner, columns: columns, heads: heads, limits)
    return Model(
      name: name, version: version, schema: schema,
      featureNames: try featureNames(learner, count: columns), headCount: heads,
      objective: Objective(name: objectiveName, transform: objective.transform),
      averagesOutput: false, trees: trees, heads: treeHeads,
      offsets: try offsets(parameters, objective, count: heads), rules: .xgboost)
  }

  private static func document(
    _ bytes: [UInt8], _ limits: ModelLimits
  ) throws(ModelError) -> XGBoostField {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(
        line: nil, .tooLarge(what: "bytes", count: bytes.count, limit: limits.fileBytes))
    }
    do throws(JSONError) {
      // No value is shorter than a digit and its comma.
      let jsonLimits = JSONLimits(
        bytesMax: limits.fileBytes, valuesMax: max(1, limits.fileBytes / 2))
      return XGBoostField(value: try JSONValue(parsing: bytes, limits: jsonLimits), path: "")
    } catch {
      throw ModelError(line: error.position.line, .notJSON("\(error)"))
    }
  }

  // MARK: Parameters

  private static func headCount(
    _ parameters: XGBoostField, _ limits: ModelLimits
  ) throws(ModelError) -> Int {
    let classes = try parameters.member("num_class").textInteger(in: 0...limits.heads)
    let targets = try parameters.optional("num_target")?.textInteger(in: 0...limits.heads) ?? 1
    return max(1, classes, targets)
  }

  private static func featureNames(
    _ learner: XGBoostField, count: Int
  ) throws(ModelError) -> [String] {
    guard let field = learner.optional("feature_names") else { return Self.numbered(count) }
    let names = try field.elements(limit: count)
    if names.isEmpty { return numbered(count) }
    guard names.count == count else {
      throw field.unfit("has \(names.count) elements, expected \(count)")
    }
    return names.map { $0.string ?? "" }
  }

  private static func numbered(_ count: Int) -> [String] { (0..<count).map { "f\($0)" } }

  /// What each head begins with. Since version 3 there may be one base score a head.
  private static func offsets(
    _ parameters: XGBoostField, _ objective: XGBoostObjective, count: Int
  ) throws(ModelError) -> [Double] {
    let field = try parameters.member("base_score")
    let text = try field.text()
    let isList = text.hasPrefix("[") && text.hasSuffix("]")
    let words = (isList ? text.dropFirst().dropLast() : text[...]).split(separator: ",")
    var offsets: [Double] = []
    for word in words.prefix(count + 1) {
      guard let score = DecimalText.double(Array(word.utf8)[...]),
        let margin = objective.margin(of: score)
      else { throw field.unfit("'\(DecimalText.excerpt(word.utf8))' is no base score") }
      offsets.append(margin)
    }
    guard offsets.count == 1 || offsets.count == count else {
      throw field.unfit("has \(words.count) numbers, expected \(count)")
    }
    return offsets.count == count ? offsets : Array(repeating: offsets[0], count: count)
  }

  // MARK: Trees

  private static func trees(
    _ learner: XGBoostField, columns: Int, heads: Int, _ limits: ModelLimits
  ) throws(ModelError) -> ([Tree], [Int]) {
    var booster = try learner.member("gradient_booster")
    var dropField: XGBoostField?
    switch try booster.member("name").text() {
    case "gbtree": break
    case "dart":
      dropField = try booster.member("weight_drop")
      booster = try booster.member("gbtree")
    default: throw booster.unfit("is neither gbtree nor dart")
    }
    let model = try booster.member("model")
    let field = try model.member("trees")
    let elements = try field.elements(limit: limits.trees)
    guard !elements.isEmpty else { throw ModelError(line: field.line, .noTrees) }
    let treeHeads = try model.member("tree_info")
      .integers(count: elements.count, in: 0...(heads - 1))
    let weights = try dropField?.numbers(count: elements.count)
    var trees: [Tree] = []
    for (index, element) in elements.enumerated() {
      let tree = XGBoostField(value: element, path: "\(field.path)[\(index)]")
      let parser = try XGBoostTreeParser(
        tree, featureCount: columns, weight: weights?[index] ?? 1, limits: limits)
      trees.append(try parser.tree())
    }
    return (trees, treeHeads)
  }
}
