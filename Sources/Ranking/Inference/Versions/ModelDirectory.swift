internal import Definitions
internal import Storage

/// A folder of models: `<root>/<name>/<version>/` with `model.txt`, `card.json` and `warmup.csv`.
/// Names that begin with a dot are passed over, so that a version can be copied in beside the others
/// and renamed when complete; so are plain files beside the folders, and folders with nothing in.
package struct ModelDirectory: Sendable {
  /// More are a mistake: each is kept in memory.
  package static let namesMax = 64

  package let root: String
  private let versionsMax: Int

  /// - Parameter versionsMax: of each name, the highest count.
  package init(_ root: String, versionsMax: Int = 8) {
    self.root = root
    self.versionsMax = versionsMax
  }

  /// The versions that are there now.
  /// - Throws: where the root or a model's folder cannot be listed, so that nobody takes models for
  ///   removed whose disk is away.
  package func list() throws(ModelRefusal) -> [VersionFolder: VersionStamp] {
    var found: [VersionFolder: VersionStamp] = [:]
    let names = try folders(in: root)
    guard names.count <= Self.namesMax else {
      throw ModelRefusal(.file, root, "\(names.count) models, the limit is \(Self.namesMax)")
    }
    for name in names {
      let versions = try folders(in: "\(root)/\(name)").sorted {
        ModelVersion(text: $1) < ModelVersion(text: $0)
      }
      var kept = 0
      for version in versions where kept < versionsMax {
        let folder = VersionFolder(
          name: name, version: version, path: "\(root)/\(name)/\(version)")
        let stamp = VersionStamp(of: folder.path)
        guard !stamp.isEmpty else { continue }
        found[folder] = stamp
        kept += 1
      }
    }
    return found
  }

  private func folders(in path: String) throws(ModelRefusal) -> [String] {
    do throws(DiskFile.Failure) {
      return try DiskFile.folders(in: path)
    } catch {
      throw ModelRefusal(.file, path, "\(error)")
    }
  }
}
