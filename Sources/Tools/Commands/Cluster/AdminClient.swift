internal import Glibc
internal import RPC

/// Reads a page of a process's admin port, waiting for it at most a moment.
enum AdminClient {
  static let timeoutMilliseconds = 300
  /// As much as a process leaves waiting for one reader.
  private static let bytesMax = 16 << 20

  /// The body of a 200 answer.
  static func get(_ path: String, at address: Address) -> String? {
    answer(path, at: address).flatMap { $0.status == 200 ? $0.body : nil }
  }

  /// Nil when nobody answers in time.
  static func answer(_ path: String, at address: Address) -> (status: Int, body: String)? {
    guard let target = try? SocketAddress(address),
      let socket = try? Socket.connecting(to: target)
    else { return nil }
    defer { socket.close() }
    let request = "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n"
    guard wait(socket, POLLOUT), socket.connectError() == nil else { return nil }
    let sent = Array(request.utf8).withUnsafeBytes { socket.send($0) }
    guard sent == .bytes(request.utf8.count) else { return nil }
    return parsed(readAll(socket))
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

  private static func parsed(_ bytes: [UInt8]) -> (status: Int, body: String)? {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
      return nil
    }
    let words = bytes[..<end].split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard words.count == 3, words[0].elementsEqual("HTTP/1.1".utf8),
      let status = Int(String(decoding: words[1], as: UTF8.self))
    else { return nil }
    return (status, String(decoding: bytes[(end + mark.count)...], as: UTF8.self))
  }

  private static func wait(_ socket: Socket, _ events: Int32) -> Bool {
    var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    return poll(&watched, 1, Int32(timeoutMilliseconds)) > 0
  }
}
