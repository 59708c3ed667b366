internal import Definitions

/// What became of the versions of a folder, and what is to be done about those that changed. Pure:
/// who looks and who loads is told.
package struct VersionInventory: Sendable {
  private struct Entry: Sendable {
    /// How it looked last.
    var seen: VersionStamp
    /// How it looked when it was loaded, or refused.
    var tried: VersionStamp?
    /// Serves until a better one has come in its place.
    var loaded: LoadedVersion?
    var refusal: ModelRefusal?
  }

  private var entries: [VersionFolder: Entry] = [:]

  package init() {}

  package var versions: [LoadedVersion] { entries.values.compactMap(\.loaded) }
  /// By the path of their folder.
  package var refusals: [(folder: VersionFolder, refusal: ModelRefusal)] {
    entries.compactMap { folder, entry in entry.refusal.map { (folder, $0) } }
      .sorted { $0.folder.path < $1.folder.path }
  }

  package struct Changes: Equatable, Sendable {
    /// The highest of each name first, as these are to serve.
    package var toLoad: [VersionFolder] = []
    package var dropped: [VersionFolder] = []
  }

  /// Takes in what a look at the folder has shown.
  /// - Parameter settled: loads what is there at once; otherwise a version is loaded when two looks
  ///   have found it the same, so that one that is being copied in is not taken for a bad one.
  package mutating func observe(
    _ found: [VersionFolder: VersionStamp], settled: Bool = false
  ) -> Changes {
    var changes = Changes()
    for (folder, entry) in entries where found[folder] == nil {
      entries[folder] = nil
      if entry.loaded != nil { changes.dropped.append(folder) }
    }
    for (folder, stamp) in found {
      var entry = entries[folder] ?? Entry(seen: stamp)
      let isSettled = settled || (entries[folder] != nil && entry.seen == stamp)
      if isSettled, entry.tried != stamp { changes.toLoad.append(folder) }
      entry.seen = stamp
      entries[folder] = entry
    }
    changes.toLoad.sort {
      $0.name == $1.name
        ? ModelVersion(text: $1.version) < ModelVersion(text: $0.version) : $0.name < $1.name
    }
    changes.dropped.sort { $0.path < $1.path }
    return changes
  }

  /// Records how loading went.
  /// - Parameter stamp: of the folder after loading; where it is not what was seen, the files changed
  ///   meanwhile, and what was read of them does not count.
  /// - Returns: whether it counts.
  package mutating func tried(
    _ folder: VersionFolder, _ result: Result<LoadedVersion, ModelRefusal>, stamp: VersionStamp
  ) -> Bool {
    guard var entry = entries[folder], entry.seen == stamp else { return false }
    entry.tried = stamp
    switch result {
    case .success(let version):
      entry.loaded = version
      entry.refusal = nil
    case .failure(let refusal): entry.refusal = refusal
    }
    entries[folder] = entry
    return true
  }
}
