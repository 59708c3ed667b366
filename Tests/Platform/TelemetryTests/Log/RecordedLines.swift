import Synchronization

/// A sink's memory.
final class RecordedLines: Sendable {
  private let lines = Mutex<[String]>([])
  let accepts = Atomic<Bool>(true)

  var all: [String] { lines.withLock { $0 } }

  /// Keeps the line, or refuses it while `accepts` is false.
  func take(_ line: [UInt8]) -> Bool {
    guard accepts.load(ordering: .relaxed) else { return false }
    lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    return true
  }
}
