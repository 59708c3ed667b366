/// Reads the file of experiments when it has changed.
struct ExperimentFile {
  enum Reading: Equatable {
    case experiments(ExperimentSet)
    /// Why there are none; those from before go on.
    case refused(ExperimentError)
  }

  private var file: WatchedFile

  init(path: String) { file = WatchedFile(path: path) }

  /// Nil when nothing has changed. Blocks on the disk where something has.
  mutating func changed() -> Reading? {
    guard file.hasChanged() else { return nil }
    do throws(ExperimentError) {
      return .experiments(try ExperimentSource.read(file.path))
    } catch {
      return .refused(error)
    }
  }
}
