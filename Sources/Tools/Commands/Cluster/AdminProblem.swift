/// Why an admin port told nothing.
enum AdminProblem: Error, Equatable, CustomStringConvertible {
  /// Nothing listens there, or not in time.
  case nobody
  /// The kernel takes connections for a process that stands still, or is stopped.
  case silent
  case brokeOff(bytes: Int)
  case notHTTP
  /// Another status than 200.
  case noPage

  var description: String {
    switch self {
    case .nobody: "nobody answers"
    case .silent: "connects, but does not answer"
    case .brokeOff(let bytes): "stops after \(bytes) bytes of its answer"
    case .notHTTP: "answers, but no HTTP"
    case .noPage: "has no such page"
    }
  }
}
