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

/// Levenshtein's distance over UTF-8 bytes, one row at a time.
private func editDistance(_ first: String, _ second: String) -> Int {
  let columns = Array(second.utf8)
  var row = Array(0...columns.count)
  for (line, byte) in first.utf8.enumerated() {
    var diagonal = row[0]
    row[0] = line + 1
    for (column, other) in columns.enumerated() {
      let substituted = diagonal + (byte == other ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(substituted, diagonal + 1, row[column] + 1)
    }
  }
  return row[columns.count]
}
