internal import Glibc

/// Where a process listens: `host:port`, `[v6]:port` or `unix:/path`.
package enum Address: Hashable, Sendable, CustomStringConvertible {
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  /// Longest path that fits in a sockaddr_un, with its terminating zero.
  package static let pathBytesMax = 107

  package init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty, path.utf8.count <= Self.pathBytesMax, !path.utf8.contains(0) else {
        return nil
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"),
      text[text.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = String(text[..<colon])
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    if isBracketed { host = String(host.dropFirst().dropLast()) }
    guard Self.isHost(host, isBracketed: isBracketed) else { return nil }
    self = .tcp(host: host, port: port)
  }

  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Reachable from this machine only.
  package var isLoopback: Bool {
    switch self {
    case .tcp(let host, _): host == "localhost" || host == "::1" || Self.isLoopbackIPv4(host)
    case .unix: true
    }
  }
}

extension Address {
  /// Whether it is known without asking a resolver.
  package var isNumeric: Bool {
    guard case .tcp(let host, _) = self else { return true }
    var room = in6_addr()
    let digits = host.prefix { $0 != "%" }
    return inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, String(digits), &room) == 1
  }

  /// A name or an IPv4 address; in brackets an IPv6 address, perhaps with its zone.
  private static func isHost(_ text: String, isBracketed: Bool) -> Bool {
    !text.isEmpty && text.contains(":") == isBracketed
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: (isBracketed ? "-._:%" : "-._").utf8.contains(byte)
        }
      }
  }

  /// 127.0.0.0/8 in digits; a name such as `127.example.com` may lead anywhere.
  private static func isLoopbackIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

/// An address as the kernel takes it.
package struct SocketAddress: @unchecked Sendable {
  private var storage = sockaddr_storage()
  private(set) var length: socklen_t = 0

  var family: Int32 { Int32(storage.ss_family) }

  /// Looks host names up, which may block: done at start and when addresses change, not per call.
  package init(_ address: Address) throws(SystemError) {
    switch address {
    case .unix(let path):
      var unix = sockaddr_un()
      unix.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: path.utf8) }
      copy(&unix, MemoryLayout<sockaddr_un>.size)
    case .tcp(let host, let port):
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      hints.ai_flags = AI_NUMERICSERV
      var found: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
        throw SystemError("look up \(host)", number: ENOENT)
      }
      defer { freeaddrinfo(found) }
      // IPv4 first: `localhost` names both, and listeners are at 127.0.0.1 unless told otherwise.
      let results = sequence(first: found) { $0.pointee.ai_next }
      let chosen = results.first { $0.pointee.ai_family == AF_INET } ?? found
      length = chosen.pointee.ai_addrlen
      withUnsafeMutableBytes(of: &storage) {
        $0.copyMemory(
          from: UnsafeRawBufferPointer(start: chosen.pointee.ai_addr, count: Int(length)))
      }
    }
  }

  private mutating func copy<T>(_ value: inout T, _ size: Int) {
    length = socklen_t(size)
    withUnsafeBytes(of: &value) { bytes in
      withUnsafeMutableBytes(of: &storage) { $0.copyMemory(from: bytes) }
    }
  }

  mutating func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    withUnsafePointer(to: &storage) {
      body(UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), length)
    }
  }
}
