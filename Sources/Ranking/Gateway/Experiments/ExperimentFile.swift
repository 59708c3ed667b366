/// Reads the file of experiments when it has changed.
struct ExperimentFile {
  enum Reading: Equatable {
    case experiments(ExperimentSet)
    /// Why there are none; those from before go on.
    case refused(ExperimentError)
  }

  let path: String
  private var seen: FileMark?

  init(path: String) { self.path = path }

  /// Nil when nothing has changed. Blocks on the disk where something has.
  mutating func changed() -> Reading? {
    let mark = FileMark(of: path)
    guard mark != seen else { return nil }
    seen = mark
    do throws(ExperimentError) {
      return .experiments(try ExperimentSource.read(path))
    } catch {
      return .refused(error)
    }
  }
}
