internal import Glibc

/// Whoever started this process and wants to hear how it does: systemd, or what speaks as it does.
/// Each state is a datagram to the socket that the environment names; see sd_notify(3).
struct ServiceManager: Sendable {
  enum State: String {
    case ready = "READY=1"
    case stopping = "STOPPING=1"
    case alive = "WATCHDOG=1"
  }

  /// sockaddr_un's path; a name without a file begins with a zero.
  private let path: [UInt8]
  /// Within which it wants to hear `alive` again; nil where it does not watch.
  let watchdogMilliseconds: Int64?

  /// Nil where nobody asked to be told.
  init?(environment: (String) -> String?, pid: Int32) {
    guard let name = environment("NOTIFY_SOCKET"), let first = name.first,
      first == "/" || first == "@", name.utf8.count < Self.pathBytesMax
    else { return nil }
    path = first == "@" ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8)
    watchdogMilliseconds = Self.watchdog(environment, pid: pid)
  }

  /// A child of the process that is watched inherits the time, but not that it is watched.
  private static func watchdog(_ environment: (String) -> String?, pid: Int32) -> Int64? {
    guard let microseconds = environment("WATCHDOG_USEC").flatMap(Int64.init), microseconds > 0
    else { return nil }
    if let watched = environment("WATCHDOG_PID"), watched != "\(pid)" { return nil }
    return max(1, microseconds / 1_000)
  }

  /// False when nobody took it. Never waits: a manager that is busy must not hold up a service.
  @discardableResult func tell(_ state: State) -> Bool {
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    // The zero that ends a file's name is left out: in a name without a file it would count.
    let addressBytes = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bytes = Array(state.rawValue.utf8)
    let sent = withUnsafeBytes(of: &address) { raw in
      raw.withMemoryRebound(to: sockaddr.self) {
        sendto(
          descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0.baseAddress,
          addressBytes)
      }
    }
    return sent == bytes.count
  }

  /// Of sockaddr_un, with the zero that ends it.
  private static var pathBytesMax: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) }
}

/// What this process was started with; nil where there is no such variable.
package func environmentVariable(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
