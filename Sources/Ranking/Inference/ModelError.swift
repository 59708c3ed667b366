/// Why a model file was refused, and where.
package struct ModelError: Error, Equatable {
  /// Line of the file, from 1; nil where the file as a whole is meant.
  package let line: Int?
  package let problem: Problem

  package enum Problem: Equatable, Sendable {
    case tooLarge(what: String, count: Int, limit: Int)
    case notAModel
    case unsupportedVersion(String)
    case unexpectedLine(String)
    case unexpectedEnd
    case missing(key: String)
    case duplicate(key: String)
    case notANumber(key: String, text: String)
    case outOfRange(key: String, value: Int, allowed: ClosedRange<Int>)
    case wrongCount(key: String, found: Int, expected: Int)
    case treeOutOfOrder(found: String, expected: Int)
    case noTrees
    case incompleteIteration(trees: Int, treesPerIteration: Int)
    case invalidDecisionType(Int)
    case categorySetOutOfRange(threshold: Double, sets: Int)
    case invalidCategoryBoundaries
    case childReachedTwice(Int)
    case nodeUnreachable(Int)
    case unknownObjective(String)
    case notJSON(String)
    case unfitField(path: String, String)
    case invalidObjectiveParameter(name: String, objective: String)
  }

  package init(line: Int?, _ problem: Problem) {
    self.line = line
    self.problem = problem
  }
}

extension ModelError: CustomStringConvertible {
  package var description: String {
    line.map { "line \($0): \(problem)" } ?? "\(problem)"
  }
}

extension ModelError.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let what, let count, let limit): "\(count) \(what), the limit is \(limit)"
    case .notAModel: "not a LightGBM text model: the first line is not 'tree'"
    case .unsupportedVersion(let version): "version '\(version)' is not one of v2, v3, v4"
    case .unexpectedLine(let text): "unexpected line '\(text)'"
    case .unexpectedEnd: "the file ends before 'end of trees'"
    case .missing(let key): "\(key) is missing from the section that ends here"
    case .duplicate(let key): "\(key) occurs twice in one section"
    case .notANumber(let key, let text): "\(key): '\(text)' is not a number that is allowed here"
    case .outOfRange(let key, let value, let allowed):
      "\(key): \(value) is outside \(allowed.lowerBound)...\(allowed.upperBound)"
    case .wrongCount(let key, let found, let expected):
      "\(key) has \(found) values, expected \(expected)"
    case .treeOutOfOrder(let found, let expected): "Tree=\(found) where Tree=\(expected) belongs"
    case .noTrees: "the model has no trees"
    case .incompleteIteration(let trees, let treesPerIteration):
      "\(trees) trees cannot be divided into iterations of \(treesPerIteration)"
    case .invalidDecisionType(let value): "decision_type: \(value) has unknown bits"
    case .categorySetOutOfRange(let threshold, let sets):
      "threshold: \(threshold) names none of the \(sets) category sets"
    case .invalidCategoryBoundaries: "cat_boundaries do not rise from 0 inside cat_threshold"
    case .childReachedTwice(let child): "child \(child) is reached twice from the root"
    case .nodeUnreachable(let node): "node \(node) is not reached from the root"
    case .notJSON(let reason): "not JSON: \(reason)"
    case .unfitField(let path, let problem): "\(path.isEmpty ? "the model" : path) \(problem)"
    case .unknownObjective(let name): "objective '\(name)' is not known"
    case .invalidObjectiveParameter(let name, let objective):
      "objective: '\(objective)' has no valid \(name)"
    }
  }
}
