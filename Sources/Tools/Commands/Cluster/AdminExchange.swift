internal import Glibc
internal import RPC

/// One question to an admin port, as far as it has come.
struct AdminExchange {
  typealias Answer = (status: Int, body: String)

  /// As much as a process leaves waiting for one reader.
  private static let bytesMax = 16 << 20

  private let socket: Socket?
  private let request: [UInt8]
  private var sent = 0
  private var isConnected = false
  private var received: [UInt8] = []
  private(set) var result: Result<Answer, AdminProblem>?

  init(_ path: String, at address: Address) {
    request = Array(
      "GET \(path) HTTP/1.1\r\nHost: \(address)\r\nConnection: close\r\n\r\n".utf8)
    socket = (try? SocketAddress(address)).flatMap { try? Socket.connecting(to: $0) }
    if socket == nil { result = .failure(.nobody) }
  }

  /// What has to happen before it goes on; ignored by `poll` once it is over.
  var interest: pollfd {
    guard result == nil, let socket else { return pollfd(fd: -1, events: 0, revents: 0) }
    return pollfd(
      fd: socket.descriptor, events: Int16(sent < request.count ? POLLOUT : POLLIN), revents: 0)
  }

  /// Once the socket is ready.
  mutating func move() {
    guard result == nil, let socket else { return }
    if sent < request.count { send(socket) } else { receive(socket) }
  }

  /// When nobody waits any longer.
  mutating func giveUp() {
    if result == nil { finish(received.isEmpty ? .failure(isConnected ? .silent : .nobody) : read) }
  }

  private mutating func send(_ socket: Socket) {
    guard isConnected || socket.connectError() == nil else { return finish(.failure(.nobody)) }
    isConnected = true
    switch request[sent...].withUnsafeBytes({ socket.send($0) }) {
    case .bytes(let count): sent += count
    case .wouldBlock: break
    case .end, .failed: finish(.failure(.silent))
    }
  }

  private mutating func receive(_ socket: Socket) {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    switch buffer.withUnsafeMutableBytes({ socket.receive($0) }) {
    case .bytes(let count):
      received.append(contentsOf: buffer[..<count])
      if received.count >= Self.bytesMax { finish(read) }
    case .wouldBlock: break
    case .end, .failed: finish(received.isEmpty ? .failure(.silent) : read)
    }
  }

  private mutating func finish(_ result: Result<Answer, AdminProblem>) {
    self.result = result
    socket?.close()
  }

  private var read: Result<Answer, AdminProblem> { Self.parsed(received) }

  /// Pure. A body that is shorter than was said is none.
  static func parsed(_ bytes: [UInt8]) -> Result<Answer, AdminProblem> {
    let mark = Array("\r\n\r\n".utf8)
    let isOurs = bytes.starts(with: "HTTP/1.1 ".utf8)
    guard isOurs, let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
      return .failure(isOurs ? .brokeOff(bytes: bytes.count) : .notHTTP)
    }
    let head = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    guard let status = Int(head.dropFirst("http/1.1 ".count).prefix { $0 != " " }) else {
      return .failure(.notHTTP)
    }
    let name = "\r\ncontent-length:"
    let length = head.firstRange(of: name).flatMap { range in
      Int(head[range.upperBound...].drop { $0 == " " }.prefix { $0.isNumber })
    }
    let body = bytes[(end + mark.count)...]
    guard body.count >= length ?? 0 else { return .failure(.brokeOff(bytes: bytes.count)) }
    return .success((status, String(decoding: body, as: UTF8.self)))
  }
}
