/// The one of `names` that a mistyped `text` most likely meant: the fewest edits, at most a third of
/// its length; nil where none is that near.
func nearestName(to text: String, among names: [String]) -> String? {
  // Nobody mistypes a name of hundreds of letters, and the comparison is quadratic.
  let lengthMax = 64
  guard text.utf8.count <= lengthMax else { return nil }
  let candidates = names.map { (name: $0, edits: editDistance($0, text)) }
  guard let best = candidates.min(by: { $0.edits < $1.edits }) else { return nil }
  return best.edits <= max(1, text.utf8.count / 3) ? best.name : nil
}

/// Levenshtein's distance over UTF-8 bytes, where two neighbours changing places are one edit too
/// (optimal string alignment), since that is the commonest slip.
private func editDistance(_ first: String, _ second: String) -> Int {
  let lines = Array(first.utf8)
  let columns = Array(second.utf8)
  var rowBefore: [Int] = []
  var row = Array(0...columns.count)
  for (line, byte) in lines.enumerated() {
    var next = [line + 1]
    for (column, other) in columns.enumerated() {
      let substituted = row[column] + (byte == other ? 0 : 1)
      var edits = min(substituted, row[column + 1] + 1, next[column] + 1)
      if line > 0, column > 0, byte == columns[column - 1], other == lines[line - 1] {
        edits = min(edits, rowBefore[column - 1] + 1)
      }
      next.append(edits)
    }
    rowBefore = row
    row = next
  }
  return row[columns.count]
}
