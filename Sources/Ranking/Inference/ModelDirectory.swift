internal import Storage

/// A folder of models: `<root>/<name>/<version>/model.txt`. Names that begin with a dot are passed
/// over, so that a version can be copied in beside the others and renamed when complete; so are
/// plain files beside the folders.
package struct ModelDirectory: Sendable {
  package static let fileName = "model.txt"

  package let root: String
  private let limits: ModelLimits

  package init(_ root: String, limits: ModelLimits = ModelLimits()) {
    self.root = root
    self.limits = limits
  }

  /// A model, or a folder that should hold one, that could not be loaded.
  package struct Problem: Equatable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }
  }

  package struct Contents: Sendable {
    package let models: [Model]
    package let problems: [Problem]
  }

  /// Loads every version of every model, blocking on the disk. What cannot be loaded becomes a
  /// problem and hinders nothing else.
  /// - Parameter schema: the feature fingerprint for a version's folder; what it throws becomes
  ///   that version's problem.
  package func load(schema: (_ folder: String) throws -> UInt64 = { _ in 0 }) -> Contents {
    var models: [Model] = []
    var problems: [Problem] = []
    for (name, version) in versions(&problems) {
      let folder = "\(root)/\(name)/\(version)"
      let path = "\(folder)/\(Self.fileName)"
      do {
        let bytes = try DiskFile.read(path, limitBytes: limits.fileBytes)
        models.append(
          try ModelParser.parse(
            bytes, name: name, version: version, schema: try schema(folder), limits: limits))
      } catch {
        problems.append(Problem(path: path, reason: "\(error)"))
      }
    }
    return Contents(models: models, problems: problems)
  }

  private func versions(_ problems: inout [Problem]) -> [(name: String, version: String)] {
    folders(in: root, &problems).flatMap { name in
      folders(in: "\(root)/\(name)", &problems).map { (name, $0) }
    }
  }

  private func folders(in path: String, _ problems: inout [Problem]) -> [String] {
    do {
      return try DiskFile.folders(in: path)
    } catch {
      problems.append(Problem(path: path, reason: "\(error)"))
      return []
    }
  }
}
