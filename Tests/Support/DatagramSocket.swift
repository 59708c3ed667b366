internal import Glibc

/// A socket of datagrams as systemd listens at, for what a process tells it. What can't be done on
/// a test machine traps.
package final class DatagramSocket: Sendable {
  private let descriptor: Int32

  /// - Parameter name: a path, or `@` and a name without a file.
  package init(_ name: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let bytes = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bound = withUnsafeBytes(of: &address) { raw in
      raw.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, bytes) }
    }
    precondition(bound == 0, "bind \(name): \(errno)")
  }

  deinit { close(descriptor) }

  /// The next datagram; nil when none comes in time.
  package func receive(milliseconds: Int32) -> String? {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, milliseconds) == 1 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return count >= 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
