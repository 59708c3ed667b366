import Glibc

/// A thread that waits here is let go by the test.
final class Gate: Sendable {
  private let descriptors: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    precondition(socketpair(AF_UNIX, type, 0, &ends) == 0, "socketpair: \(errno)")
    descriptors = (ends[0], ends[1])
  }

  deinit {
    close(descriptors.read)
    close(descriptors.write)
  }

  func wait() {
    var byte: UInt8 = 0
    _ = read(descriptors.read, &byte, 1)
  }

  func open() { _ = write(descriptors.write, [1] as [UInt8], 1) }
}
