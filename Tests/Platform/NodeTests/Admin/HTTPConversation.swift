import Glibc
import RPC
import TestSupport

/// A blocking HTTP client, as plain as can be.
final class HTTPConversation {
  private let descriptor: Int32
  private let server: AnyObject
  private var unread: [UInt8] = []

  /// - Parameter server: lives as long as the conversation.
  init(_ address: Address, with server: AnyObject) {
    self.server = server
    guard case .tcp(_, let port) = address else { preconditionFailure("not TCP") }
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = port.bigEndian
    target.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &target) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(connected == 0, "connect: \(errno)")
    // A server that hangs fails the test instead of hanging it.
    var patience = timeval(tv_sec: Int(Patience.milliseconds / 1_000), tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func get(_ path: String, method: String = "GET") -> HTTPAnswer? {
    send("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
    return answer(hasBody: method != "HEAD")
  }

  /// The next answer; nil when the connection ended before it was whole.
  func answer(hasBody: Bool = true) -> HTTPAnswer? {
    while true {
      let text = String(decoding: unread, as: UTF8.self)
      if let end = text.firstRange(of: "\r\n\r\n") {
        let head = String(text[..<end.lowerBound])
        let bodyBytes = hasBody ? Int(HTTPAnswer.header("Content-Length", in: head) ?? "") ?? 0 : 0
        let headBytes = head.utf8.count + 4
        if unread.count >= headBytes + bodyBytes {
          let body = String(decoding: unread[headBytes..<headBytes + bodyBytes], as: UTF8.self)
          unread.removeFirst(headBytes + bodyBytes)
          return HTTPAnswer(head: head, body: body)
        }
      }
      guard receive() else { return nil }
    }
  }

  /// Reads to the server's end; false when it never comes. What came meanwhile is counted.
  func isEnded(bytes: inout Int) -> Bool {
    while receive() {}
    bytes = unread.count
    return lastReceived == 0 || errno == ECONNRESET
  }

  private var lastReceived = 1

  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    lastReceived = recv(descriptor, &chunk, chunk.count, 0)
    if lastReceived > 0 { unread += chunk[..<lastReceived] }
    return lastReceived > 0
  }
}

struct HTTPAnswer {
  let head: String
  let body: String

  var status: Int { Int(head.split(separator: " ")[1]) ?? 0 }

  func header(_ name: String) -> String? { Self.header(name, in: head) }

  static func header(_ name: String, in head: String) -> String? {
    head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
      .map { String($0.dropFirst(name.utf8.count + 2)) }
  }
}
