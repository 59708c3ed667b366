import Glibc
import HTTP
import RPC
import Synchronization
import Telemetry
import TestSupport

/// A server with an HTTP port, on a loop of its own.
final class EdgeServer: Sendable {
  static let echo = Method<DescribeRequest, DescribeRequest>("test.Echo/Say", .pure)
  /// Answers when the caller has left, or never.
  static let wait = Method<DescribeRequest, DescribeRequest>("test.Echo/Wait", .pure)
  static let fail = Method<DescribeRequest, DescribeRequest>("test.Echo/Fail", .pure)
  /// Not for the edge.
  static let hidden = Method<DescribeRequest, DescribeRequest>("test.Echo/Hide", .pure)

  final class Observed: Sendable {
    let cancelled = Atomic<Int>(0)
    let started = Atomic<Int>(0)
    let ended = Mutex<[InterceptedCall]>([])
    let traces = Mutex<[TraceContext]>([])
    let refused = Mutex<[Refused]>([])
  }

  struct Refused: Equatable {
    let method: String
    let code: Code
    let trace: TraceID
    /// In which it was answered.
    let span: UInt64
  }

  let address: Address
  let server: Server
  let observed = Observed()
  private let loop: EventLoop

  init(
    _ limits: Limits = Limits(), http: HTTPLimits = HTTPLimits(), origins: [String] = []
  ) throws {
    loop = try EventLoop(name: "edge")
    let observed = observed
    let noting: Interceptor = { phase, call throws(RPCError) in
      guard phase == .ends else { return }
      let ended = call
      observed.ended.withLock { $0.append(ended) }
    }
    server = Server(
      loops: [loop], identity: Identity(replica: "test", software: "HTTPTests"), limits: limits,
      interceptors: [noting]
    ) { _ in Self.methods(observed) }
    let edge = ConnectEdge(
      .tcp(host: "127.0.0.1", port: 0),
      methods: [Self.echo.name, Self.wait.name, Self.fail.name, "test.Echo/Absent"],
      crossOrigin: CrossOrigin(origins), limits: http)
    address = try edge.open(on: server)
    server.setServing(true)
    loop.start()
  }

  deinit {
    loop.stop()
    loop.join()
  }

  private static func methods(_ observed: Observed) -> MethodTable {
    var table = MethodTable()
    table.onRefused = { call, method, error in
      let refused = Refused(
        method: method, code: error.code, trace: call.trace.id,
        span: call.trace.serverSpan(received: call.received))
      observed.refused.withLock { $0.append(refused) }
    }
    table.answer(echo) { request, call in
      observed.traces.withLock { $0.append(call.trace) }
      return request
    }
    table.answer(hidden) { request, _ in request }
    table.answer(fail) { (_, _) throws(RPCError) in throw RPCError(.dataLoss, "lost \"it\"") }
    table.answer(wait) { (request, call) async throws(RPCError) in
      observed.started.add(1, ordering: .relaxed)
      await withUnsafeContinuation { continuation in
        call.onCancel { continuation.resume() }
      }
      observed.cancelled.add(1, ordering: .relaxed)
      return request
    }
    return table
  }

  func client() throws -> HTTPClient { try HTTPClient(address) }
}

struct NotInTime: Error, CustomStringConvertible {
  let description: String
}

/// Looks again and again; only a hang takes the whole time.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  let patience = Instant.now().adding(milliseconds: Patience.milliseconds)
  while try !condition() {
    guard Instant.now() < patience else { throw NotInTime(description: what) }
    usleep(1_000)
  }
}

/// A blocking client that sends what it is told and reads whole answers.
final class HTTPClient {
  struct Answer: Equatable {
    let status: Int
    let head: String
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
        .map { String($0.dropFirst(name.utf8.count + 2)) }
    }
  }

  private let socket: Socket
  private var unread: [UInt8] = []

  init(_ address: Address) throws {
    socket = try Socket.connecting(to: SocketAddress(address))
    try wait(POLLOUT)
  }

  deinit { socket.close() }

  private func wait(_ events: Int32) throws {
    var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    guard poll(&watched, 1, Int32(Patience.milliseconds)) > 0 else {
      throw NotInTime(description: "the server hangs")
    }
  }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes({ socket.send($0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock: try wait(POLLOUT)
      // The server has closed: what it said is to be read.
      case .failed, .end: return
      }
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  static func post(
    _ path: String, _ body: [UInt8], type: String = "application/json",
    headers: [String] = []
  ) -> [UInt8] {
    var head = "POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Type: \(type)\r\n"
    for header in headers { head += header + "\r\n" }
    return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
  }

  func call(
    _ path: String, _ body: String, headers: [String] = []
  ) throws -> Answer {
    try send(Self.post(path, Array(body.utf8), headers: headers))
    return try answer()
  }

  static func post(
    _ body: [UInt8], type: String = "application/json", headers: [String] = []
  ) -> [UInt8] {
    post("/test.Echo/Say", body, type: type, headers: headers)
  }

  func call(_ body: String, headers: [String] = []) throws -> Answer {
    try call("/test.Echo/Say", body, headers: headers)
  }

  /// The next answer, whole.
  func answer(hasBody: Bool = true) throws -> Answer {
    while true {
      let end = unread.indices.dropLast(3).first {
        Array(unread[$0..<$0 + 4]) == [13, 10, 13, 10]
      }
      if let end {
        let head = String(decoding: unread[..<end], as: UTF8.self)
        let status = Int(head.split(separator: " ")[1]) ?? 0
        let count = Answer(status: status, head: head, body: []).header("Content-Length")
        let bytes = hasBody ? Int(count ?? "0") ?? 0 : 0
        if unread.count >= end + 4 + bytes {
          let body = Array(unread[(end + 4)..<(end + 4 + bytes)])
          unread.removeFirst(end + 4 + bytes)
          return Answer(status: status, head: head, body: body)
        }
      }
      guard try receive() else { throw NotInTime(description: "ended before the answer") }
    }
  }

  /// Whether the server ends the connection, with nothing more said.
  func isEnded() throws -> Bool {
    while try receive() {}
    return unread.isEmpty
  }

  private func receive() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      switch chunk.withUnsafeMutableBytes({ socket.receive($0) }) {
      case .bytes(let count):
        unread += chunk[..<count]
        return true
      case .wouldBlock: try wait(POLLIN)
      case .end, .failed: return false
      }
    }
  }
}
