/// Which of a model's scores a list is ordered by: one of them, or a sum of several.
struct HeadWeights: Equatable, Sendable, CustomStringConvertible {
  /// As many as a card may have.
  static let headsMax = 16

  struct Term: Equatable, Sendable {
    let name: String
    let weight: Double
  }

  /// Empty: the first head, which is the model's own choice.
  let terms: [Term]

  static let first = HeadWeights(terms: [])

  private init(terms: [Term]) { self.terms = terms }

  /// Nothing, a name, or `name=weight,…`; nil for anything else.
  init?(_ text: String) {
    guard !text.isEmpty else {
      self = .first
      return
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    var terms: [Term] = []
    for part in parts {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
        .map { $0.filter { !$0.isWhitespace } }
      let weight = sides.count == 2 ? Double(sides[1]) : parts.count == 1 ? 1 : nil
      guard sides.count <= 2, !sides[0].isEmpty, let weight, weight.isFinite, weight != 0,
        !terms.contains(where: { $0.name == sides[0] })
      else { return nil }
      terms.append(Term(name: sides[0], weight: weight))
    }
    guard terms.count <= Self.headsMax else { return nil }
    self.terms = terms
  }

  var description: String {
    if terms.count == 1, terms[0].weight == 1 { return terms[0].name }
    return terms.map { "\($0.name)=\($0.weight)" }.joined(separator: ",")
  }

  /// One score a row.
  /// - Parameters:
  ///   - scores: row-major, rows × heads.
  ///   - names: of the heads; none where the model does not name them.
  /// - Returns: the first head's where one that is wanted is not there, and which one that is.
  func blended(
    _ scores: [Double], heads: Int, names: [String]
  ) -> (scores: [Double], missing: String?) {
    var columns: [(index: Int, weight: Double)] = []
    var missing: String?
    for term in terms {
      guard let index = names.firstIndex(of: term.name), index < heads else {
        missing = missing ?? term.name
        continue
      }
      columns.append((index, term.weight))
    }
    let rows = stride(from: 0, to: scores.count, by: heads)
    guard missing == nil, !columns.isEmpty else { return (rows.map { scores[$0] }, missing) }
    if columns.count == 1, columns[0].weight == 1 {
      let index = columns[0].index
      return (rows.map { scores[$0 + index] }, nil)
    }
    let sums = rows.map { row in
      columns.reduce(0) { $0 + scores[row + $1.index] * $1.weight }
    }
    return (sums, nil)
  }
}
