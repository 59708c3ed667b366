internal import CLinux
internal import Glibc

/// The calls on a non-blocking stream socket. EAGAIN is a result, not an error; EBADF and EFAULT
/// are bugs of ours and trap.
package struct Socket: Sendable {
  package let descriptor: Int32

  package enum Transfer: Equatable, Sendable {
    case bytes(Int)
    case wouldBlock
    /// The peer has closed; only for receiving.
    case end
    case failed(SystemError)
  }

  /// Connections that the kernel holds before they are accepted.
  private static let backlog: Int32 = 1_024
  /// Silence after which the kernel asks for a peer, how often, and how many times in vain: a
  /// connection of a dead machine is gone in a minute.
  private static let keepAliveIdleSeconds: Int32 = 30
  private static let keepAliveIntervalSeconds: Int32 = 10
  private static let keepAliveProbes: Int32 = 3

  private static func open(_ family: Int32) throws(SystemError) -> Socket {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw SystemError("socket") }
    return Socket(descriptor: descriptor)
  }

  /// Binds and listens. A Unix path left by a process that is gone is replaced.
  package static func listening(at address: Address) throws(SystemError) -> Socket {
    var target = try SocketAddress(address)
    let socket = try open(target.family)
    if case .unix(let path) = address { try socket.removeStale(path, &target) }
    socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
    guard target.withPointer({ bind(socket.descriptor, $0, $1) }) == 0,
      listen(socket.descriptor, backlog) == 0
    else {
      let error = SystemError("listen at \(address)")
      socket.close()
      throw error
    }
    return socket
  }

  private func removeStale(_ path: String, _ target: inout SocketAddress) throws(SystemError) {
    let probe = try Socket.open(AF_UNIX)
    defer { probe.close() }
    let connected = target.withPointer { Glibc.connect(probe.descriptor, $0, $1) } == 0
    // A file that is no socket refuses as well, and is somebody's.
    if !connected, errno == ECONNREFUSED, Self.isSocket(path) { unlink(path) }
  }

  private static func isSocket(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// Begins to connect; the socket turns writable when it is done, and `connectError` says how.
  package static func connecting(to target: SocketAddress) throws(SystemError) -> Socket {
    var target = target
    let socket = try open(target.family)
    let result = target.withPointer { Glibc.connect(socket.descriptor, $0, $1) }
    guard result == 0 || errno == EINPROGRESS || errno == EINTR else {
      let error = SystemError("connect")
      socket.close()
      throw error
    }
    socket.setNoDelay()
    return socket
  }

  package func connectError() -> SystemError? {
    var number: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
    if number == 0, isConnectedToItself { number = ECONNREFUSED }
    return number == 0 ? nil : SystemError("connect", number: number)
  }

  /// Trying a local port again and again where nobody listens, the kernel at last chooses that same
  /// port for our end, and TCP connects the socket to itself; the server could not start then.
  private var isConnectedToItself: Bool {
    let (own, peer) = (name(getsockname), name(getpeername))
    return own != nil && own == peer
  }

  private func name(
    _ get: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) -> [UInt8]? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = withUnsafeMutablePointer(to: &storage) {
      get(
        descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
    }
    guard result == 0, storage.ss_family != AF_UNIX else { return nil }
    return withUnsafeBytes(of: &storage) { Array($0.prefix(Int(length))) }
  }

  /// The next waiting connection; nil when there is none.
  package func accept() throws(SystemError) -> Socket? {
    let accepted = retryingInterrupts { linux_accept(descriptor) }
    if accepted >= 0 {
      let socket = Socket(descriptor: accepted)
      socket.setNoDelay()
      socket.keepAlive()
      return socket
    }
    if errno == EAGAIN || errno == ECONNABORTED { return nil }
    throw SystemError("accept")
  }

  package func receive(_ room: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = retryingInterrupts { recv(descriptor, room.baseAddress, room.count, 0) }
    if count > 0 { return .bytes(count) }
    return count == 0 ? .end : outcome("receive")
  }

  package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
    let count = retryingInterrupts {
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    }
    return count >= 0 ? .bytes(count) : outcome("send")
  }

  private func outcome(_ operation: String) -> Transfer {
    let error = SystemError(operation)
    precondition(error.number != EBADF && error.number != EFAULT, "\(error)")
    return error.number == EAGAIN ? .wouldBlock : .failed(error)
  }

  /// The address that a listener was given, with the port that the kernel chose for port 0.
  package func bound(_ asked: Address) -> Address {
    guard case .tcp(let host, _) = asked else { return asked }
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let port = withUnsafeMutablePointer(to: &storage) { pointer in
      getsockname(
        descriptor, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
        &length)
      // The port stands at the same offset in sockaddr_in and sockaddr_in6.
      return UnsafeRawPointer(pointer).load(fromByteOffset: 2, as: UInt16.self)
    }
    return .tcp(host: host, port: UInt16(bigEndian: port))
  }

  private func setNoDelay() { set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }

  /// Clients need not say anything: of one whose machine is gone, only the kernel can tell.
  private func keepAlive() {
    set(SOL_SOCKET, SO_KEEPALIVE, 1)
    set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, Self.keepAliveIdleSeconds)
    set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, Self.keepAliveIntervalSeconds)
    set(Int32(IPPROTO_TCP), TCP_KEEPCNT, Self.keepAliveProbes)
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sent, and not yet in the hands of the peer's kernel; 0 where this one does not say.
  package var unacknowledgedBytes: Int {
    var count: Int32 = 0
    return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
  }

  /// Ends our direction; the peer reads to the end of what was sent.
  package func shutDownOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

  package func close() { Glibc.close(descriptor) }
}
