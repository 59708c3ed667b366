internal import Glibc

/// Where a command leaves what it makes on the way.
enum RunFolder {
  /// Kept side by side; each has a copy of the log.
  private static let runsMax = 100

  /// The folder, made where it is missing; a new one under /tmp for an empty path.
  static func path(_ path: String) throws(CommandFailure) -> String {
    guard path.isEmpty else {
      do throws(ImportError) { try FileContents.makeFolder(path) } catch {
        throw CommandFailure("\(error)")
      }
      return path
    }
    var template = Array("/tmp/brigade-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw CommandFailure("can't make a folder in /tmp") }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A folder of this name that nobody has written to: where one is, `NAME-2` and so on. What an
  /// earlier cluster has kept would be taken for the new one's state.
  static func fresh(_ path: String) throws(CommandFailure) -> String {
    for number in 1...runsMax {
      let candidate = number == 1 ? path : "\(path)-\(number)"
      if mkdir(candidate, 0o755) == 0 { return candidate }
      guard errno == EEXIST else {
        throw CommandFailure("\(candidate): \(String(cString: strerror(errno)))")
      }
    }
    throw CommandFailure("\(path): more than \(runsMax) runs are there; remove some")
  }
}
