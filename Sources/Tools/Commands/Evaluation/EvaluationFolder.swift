internal import Definitions
internal import Glibc
internal import Messages
internal import RPC
internal import Storage

/// A data folder as it was when the test period began.
enum EvaluationFolder {
  /// Files that are the same before and after. The popular list is that of the whole log, which
  /// looks ahead; it serves only where retrieval fails.
  private static let shared = ["catalogue.brigade", "features.json", "popular.brigade"]

  /// Writes the log up to the test period to `folder` and links the rest of `data` into it. A log
  /// that is there is replaced, with whatever a run has appended to it.
  static func write(from data: VisitLog, split: TimeSplit, to folder: String) throws {
    try FileContents.makeFolder(folder)
    for name in shared { try link(name, from: data.folder, to: folder) }
    let path = "\(folder)/events.brigade"
    let writer = try RecordWriter(creating: path, kind: EventLog.kind)
    try data.forEach(in: split) { event, _, part in
      if part != .test { try writer.append(event.encoded()) }
    }
    try writer.finish()
  }

  private static func link(
    _ name: String, from source: String, to folder: String
  ) throws(ImportError) {
    guard let target = realpath("\(source)/\(name)", nil) else {
      throw .file(path: "\(source)/\(name)", reason: String(cString: strerror(errno)))
    }
    defer { free(target) }
    let path = "\(folder)/\(name)"
    unlink(path)
    guard symlink(target, path) == 0 else {
      throw .file(path: path, reason: String(cString: strerror(errno)))
    }
  }
}
