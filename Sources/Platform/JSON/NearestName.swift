/// The name that a person most likely meant; nil where none is close enough to be worth saying.
/// Time is the product of the lengths for each name, so long input is not compared at all.
package func nearestName(to written: String, among names: some Sequence<String>) -> String? {
  let lengthMax = 100
  guard written.utf8.count <= lengthMax else { return nil }
  // A third of the letters: beyond that, suggestions are more often wrong than right.
  let distanceMax = max(1, written.count / 3)
  return
    names
    .map { ($0, editDistance(Array(written.lowercased()), Array($0.lowercased()))) }
    .filter { $0.1 <= distanceMax }
    .min { $0.1 < $1.1 }?.0
}

/// Insertions, deletions, replacements and swaps of neighbours between two words (optimal string
/// alignment distance).
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        best = min(best, beforeLast[j - 1] + 1)
      }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
