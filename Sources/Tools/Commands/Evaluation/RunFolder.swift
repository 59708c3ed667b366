internal import Glibc

/// Where a command leaves what it makes on the way.
enum RunFolder {
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
}
