/// Loads LightGBM's text model (versions 2 to 4) from memory. The bytes are not trusted: each
/// length, index and number is checked, and a wrong one is refused with its line. `tree_sizes`,
/// `feature_infos` and all after `end of trees` are not needed to score and not read.
package struct LightGBMParser {
  private var lines: LineReader
  private let limits: ModelLimits

  /// - Parameters:
  ///   - name, version: what the model is called; they are not in the file.
  ///   - schema: fingerprint of the feature definition it was trained on; 0: unknown.
  package static func parse(
    _ bytes: [UInt8], name: String = "", version: String = "", schema: UInt64 = 0,
    limits: ModelLimits = ModelLimits()
  ) throws(ModelError) -> Model {
    guard bytes.count <= limits.fileBytes else {
      throw ModelError(
        line: nil, .tooLarge(what: "bytes", count: bytes.count, limit: limits.fileBytes))
    }
    var parser = LightGBMParser(lines: LineReader(bytes), limits: limits)
    let (header, trees) = try parser.parse()
    return Model(name: name, version: version, schema: schema, header: header, trees: trees)
  }

  private mutating func parse() throws(ModelError) -> (ModelHeader, [Tree]) {
    guard let first = lines.next(), first.elementsEqual("tree".utf8) else {
      throw ModelError(line: 1, .notAModel)
    }
    var section = try readSection(bareWords: [ModelHeader.averageOutput])
    let header = try ModelHeader(section.fields, limits: limits)
    var trees: [Tree] = []
    while let index = section.nextTree {
      try check(index, follows: trees.count)
      section = try readSection(bareWords: [])
      let parser = try TreeParser(
        section.fields, featureCount: header.featureNames.count, limits: limits)
      trees.append(try parser.tree())
    }
    try check(treeCount: trees.count, headCount: header.headCount)
    return (header, trees)
  }

  // MARK: Sections

  private struct Section {
    var fields: ModelFields
    /// What stands after `Tree=` in the line that ended the section; nil at `end of trees`.
    var nextTree: ArraySlice<UInt8>?
  }

  private mutating func readSection(bareWords: Set<String>) throws(ModelError) -> Section {
    var fields = ModelFields(startingAt: lines.lineNumber, lineLimit: limits.sectionLines)
    while let line = lines.next() {
      if line.isEmpty { continue }
      if line.starts(with: "Tree=".utf8) {
        return Section(fields: fields, nextTree: line.dropFirst("Tree=".utf8.count))
      }
      if line.elementsEqual("end of trees".utf8) { return Section(fields: fields, nextTree: nil) }
      try fields.add(line, line: lines.lineNumber, bareWords: bareWords)
    }
    throw ModelError(line: lines.lineNumber, .unexpectedEnd)
  }

  // MARK: Checks

  private func check(
    _ index: ArraySlice<UInt8>, follows treeCount: Int
  ) throws(ModelError) {
    guard DecimalText.integer(index) == treeCount else {
      let problem = ModelError.Problem.treeOutOfOrder(
        found: DecimalText.excerpt(index), expected: treeCount)
      throw ModelError(line: lines.lineNumber, problem)
    }
    guard treeCount < limits.trees else {
      throw ModelError(
        line: lines.lineNumber,
        .tooLarge(what: "trees", count: treeCount + 1, limit: limits.trees))
    }
  }

  private func check(treeCount: Int, headCount: Int) throws(ModelError) {
    guard treeCount > 0 else { throw ModelError(line: lines.lineNumber, .noTrees) }
    guard treeCount.isMultiple(of: headCount) else {
      let problem = ModelError.Problem.incompleteIteration(
        trees: treeCount, treesPerIteration: headCount)
      throw ModelError(line: lines.lineNumber, problem)
    }
  }
}
