internal import JSON

/// Why a value is not acceptable; the place and the key are added by whoever knows them.
package struct SettingProblem: Error, Equatable, CustomStringConvertible {
  package var description: String
  /// Of the element at fault, where the value is a list in the file.
  var position: JSONPosition?

  package init(_ description: String) {
    self.description = description
  }
}

/// Something in the flags or the file that a person has to correct.
struct ConfigurationProblem: Equatable, CustomStringConvertible {
  /// `gateway.json:12:5: retrieval.timeout_ms`, `--retrieval.timeout-ms`
  var place: String
  var message: String
  /// Where in the file; nil for a flag and for a file that could not be read.
  var position: JSONPosition?

  var description: String { "\(place): \(message)" }

  /// Those of the file come last and in its order, since a person walks through it with an editor.
  func precedes(_ other: ConfigurationProblem) -> Bool {
    let own = position.map { ($0.line, $0.column) } ?? (0, 0)
    let others = other.position.map { ($0.line, $0.column) } ?? (0, 0)
    return own < others
  }
}
