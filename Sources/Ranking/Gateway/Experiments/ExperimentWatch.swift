/// Keeps one loop's experiments those of the file. Confined to the loop.
final class ExperimentWatch {
  private var file: ExperimentFile?
  private let telling: ExperimentTelling
  /// For requests that begin now.
  private(set) var set: ExperimentSet

  init(_ source: ExperimentSource, telling: ExperimentTelling) {
    set = source.set
    file = source.path.isEmpty ? nil : ExperimentFile(path: source.path)
    self.telling = telling
    telling.tell(set)
  }

  /// To be called a few times a second.
  /// - Returns: whether there are other experiments now.
  func tick() -> Bool {
    switch file?.changed() {
    case nil: return false
    case .refused(let error):
      telling.tell(error)
      return false
    case .experiments(let new):
      telling.tell(new)
      defer { set = new }
      return set != new
    }
  }
}
