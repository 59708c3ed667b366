package import Node
internal import Storage

/// Where a gateway's experiments come from, and what it begins with.
package struct ExperimentSource: Equatable, Sendable {
  /// Watched; empty for no experiments.
  package let path: String
  let set: ExperimentSet

  package static let none = ExperimentSource(path: "", set: .none)

  private init(path: String, set: ExperimentSet) {
    self.path = path
    self.set = set
  }

  /// Reads the file, so that a bad one is refused before anything starts.
  init(path: String) throws(ExperimentError) {
    self.init(path: path, set: try Self.read(path))
  }

  /// Blocks on the disk.
  static func read(_ path: String) throws(ExperimentError) -> ExperimentSet {
    let bytes: [UInt8]
    do throws(DiskFile.Failure) {
      bytes = try DiskFile.read(path, limitBytes: ExperimentSet.fileBytesMax)
    } catch {
      throw ExperimentError(problems: ["\(path): \(error)"])
    }
    return try ExperimentSet(parsing: bytes, file: path)
  }
}

extension Settings {
  /// The file of experiments, for a gateway and for who starts one.
  package mutating func experiments() -> ExperimentSource {
    value(
      "experiments", default: ExperimentSource.none, shown: \.path, placeholder: "FILE",
      "experiments under way: layers, shares, arms and what each changes; the file is watched"
    ) { path throws(SettingProblem) in
      guard !path.isEmpty else { return .none }
      do throws(ExperimentError) {
        return try ExperimentSource(path: path)
      } catch {
        throw SettingProblem(error.description)
      }
    }
  }
}
