internal import Glibc
internal import Node
internal import RPC
internal import Storage

/// The files by which a cluster that `brigade up` runs is seen and asked from outside.
struct RunningCluster {
  private static let bytesMax = 1 << 16

  let folder: String

  /// Where the wanted counts are written, as `SERVICE=N,…`.
  private var scaleFile: String { "\(folder)/scale" }
  /// Holds the process id of the `brigade up` as long as it runs.
  private var ownerFile: String { "\(folder)/up.pid" }

  var isThere: Bool {
    guard let pid = text(ownerFile).flatMap({ Int32($0) }) else { return false }
    return kill(pid, 0) == 0
  }

  func listedCount(_ service: ServiceKind) -> Int {
    text("\(folder)/\(service.rawValue).replicas")?.split(separator: "\n").count ?? 0
  }

  /// Says that this process runs it from now on, and forgets what others were asked.
  func own() throws(SystemError) {
    unlink(scaleFile)
    try replaceFile(ownerFile, with: Array("\(getpid())".utf8))
  }

  func disown() { unlink(ownerFile) }

  func ask(for counts: String) throws(SystemError) {
    try replaceFile(scaleFile, with: Array(counts.utf8))
  }

  /// What is asked for, if anything was.
  var asked: String? { text(scaleFile) }

  private func text(_ path: String) -> String? {
    guard let bytes = try? DiskFile.read(path, limitBytes: Self.bytesMax) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
