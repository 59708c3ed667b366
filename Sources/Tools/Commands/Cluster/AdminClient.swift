internal import Glibc
internal import RPC

/// Reads a page of a process's admin port, waiting for it at most a moment.
enum AdminClient {
  static let timeoutMilliseconds = 300
  private static let bytesMax = 4 << 20

  /// The body of a 200 answer.
  static func get(_ path: String, at address: Address) -> String? {
    guard let target = try? SocketAddress(address),
      let socket = try? Socket.connecting(to: target)
    else { return nil }
    defer { socket.close() }
    let request = "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
    guard wait(socket, POLLOUT), socket.connectError() == nil else { return nil }
    let sent = Array(request.utf8).withUnsafeBytes { socket.send($0) }
    guard sent == .bytes(request.utf8.count) else { return nil }
    return body(readAll(socket))
  }

  private static func readAll(_ socket: Socket) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < bytesMax, wait(socket, POLLIN) {
      guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ socket.receive($0) }) else {
        break
      }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  private static func body(_ bytes: [UInt8]) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.1 200 "), let end = text.firstRange(of: "\r\n\r\n") else {
      return nil
    }
    return String(text[end.upperBound...])
  }

  private static func wait(_ socket: Socket, _ events: Int32) -> Bool {
    var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    return poll(&watched, 1, Int32(timeoutMilliseconds)) > 0
  }
}
