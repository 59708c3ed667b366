@testable import Gateway

/// Files of experiments, for the tests to read.
enum SampleExperiments {
  static let file = "experiments.json"

  static func read(_ text: String) throws(ExperimentError) -> ExperimentSet {
    try ExperimentSet(parsing: Array(text.utf8), file: file)
  }

  /// Without the file's name; none where the file is taken.
  static func problems(_ text: String) -> [String] {
    do throws(ExperimentError) {
      _ = try read(text)
      return []
    } catch {
      return error.problems.map { String($0.dropFirst(file.count + 1)) }
    }
  }

  static func layer(
    _ name: String, unit: String = #""user""#, _ experiments: String...
  ) -> String {
    #"{"name": "\#(name)", "unit": \#(unit), "experiments": [\#(experiments.joined(separator: ","))]}"#
  }

  /// - Parameter treatment: what the second arm sets, as JSON.
  static func experiment(
    _ name: String, from: Double = 0, share: Double = 1, _ treatment: String = "{}"
  ) -> String {
    #"""
    {"name": "\#(name)", "from": \#(from), "share": \#(share), "arms": [
      {"name": "control"}, {"name": "treatment", "set": \#(treatment)}]}
    """#
  }

  static func text(_ layers: String...) -> String {
    #"{"layers": [\#(layers.joined(separator: ","))]}"#
  }
}
