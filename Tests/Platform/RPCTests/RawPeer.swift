import Glibc
import RPC
import TestSupport

struct WaitedInVain: Error, CustomStringConvertible {
  let description: String
}

/// A frame as its bytes say, made and read without the code under test.
struct RawFrame: Equatable {
  var kind: UInt8
  var head: [UInt8]
  var body: [UInt8] = []

  init(_ kind: FrameKind, _ head: some Message) {
    self.init(kind: kind.rawValue, head: head.encoded())
  }

  init(_ kind: FrameKind, _ head: some Message, _ body: some Message) {
    self.init(kind: kind.rawValue, head: head.encoded(), body: body.encoded())
  }

  init(kind: UInt8, head: [UInt8], body: [UInt8] = []) {
    (self.kind, self.head, self.body) = (kind, head, body)
  }

  var bytes: [UInt8] {
    let length = 4 + head.count + body.count
    let header = [length >> 24, length >> 16, length >> 8, length].map { UInt8($0 & 255) }
    return header + [kind, 0, UInt8(head.count >> 8), UInt8(head.count & 255)] + head + body
  }
}

/// A client that says what it likes, in bytes.
final class RawPeer {
  static let patienceMilliseconds: Int32 = Int32(Patience.milliseconds)
  private let socket: Socket
  private var input: [UInt8] = []
  private var isOver = false

  init(_ address: Address) throws {
    socket = try Socket.connecting(to: SocketAddress(address))
    try wait(POLLOUT, "to connect")
  }

  deinit { socket.close() }

  /// False when nothing happened in the time.
  @discardableResult
  private func ready(_ events: Int32, _ milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }

  private func wait(_ events: Int32, _ what: String) throws {
    guard ready(events, Self.patienceMilliseconds) else {
      throw WaitedInVain(description: "waited in vain \(what)")
    }
  }

  // MARK: Sending

  /// Sends all; what the server no longer takes is lost, as it would be on a network.
  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes({ socket.send($0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock: try wait(POLLOUT, "to send")
      case .end, .failed: return
      }
    }
  }

  func send(_ frame: RawFrame) throws { try send(frame.bytes) }

  func endOutput() { socket.shutDownOutput() }

  // MARK: Receiving

  /// The next frame; nil when the connection has ended.
  func receive() throws -> RawFrame? {
    while true {
      if let frame = takeFrame() { return frame }
      if isOver { return nil }
      try wait(POLLIN, "for a frame; \(input.count) bytes came")
      read()
    }
  }

  /// Whether something comes within the time.
  func hears(withinMilliseconds milliseconds: Int32) -> Bool { ready(POLLIN, milliseconds) }

  private func read() {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { room in
      switch socket.receive(room) {
      case .bytes(let count): input += UnsafeRawBufferPointer(rebasing: room[..<count])
      case .wouldBlock: break
      case .end, .failed: isOver = true
      }
    }
  }

  private func takeFrame() -> RawFrame? {
    guard input.count >= 8 else { return nil }
    let length = input[..<4].reduce(0) { $0 << 8 | Int($1) }
    guard input.count >= 4 + length else { return nil }
    let body = 8 + (Int(input[6]) << 8 | Int(input[7]))
    let frame = RawFrame(
      kind: input[4], head: Array(input[8..<body]), body: Array(input[body..<4 + length]))
    input.removeFirst(4 + length)
    return frame
  }
}

extension RawPeer {
  static func hello(kinds: some Sequence<UInt32> = 0...7) -> Hello {
    var hello = Hello()
    hello.version = 1
    hello.frameBytesMax = 16 << 20
    hello.callsInFlightMax = 1
    hello.kinds = Array(kinds)
    return hello
  }

  /// Connected, greeted and heard.
  convenience init(greeting address: Address, _ hello: Hello = RawPeer.hello()) throws {
    try self.init(address)
    try send(RawFrame(.hello, hello))
    guard try receive()?.kind == FrameKind.hello.rawValue else {
      throw WaitedInVain(description: "no hello")
    }
  }

  func request<Request: Message>(
    _ call: UInt64, _ method: String, _ body: Request, budgetMicroseconds: UInt64 = 0
  ) throws {
    try send(Self.request(call, method, body, budgetMicroseconds: budgetMicroseconds))
  }

  static func request(
    _ call: UInt64, _ method: String, _ body: some Message, budgetMicroseconds: UInt64 = 0
  ) -> RawFrame {
    var head = RequestHead()
    head.call = call
    head.method = method
    head.budgetMicroseconds = budgetMicroseconds
    return RawFrame(.request, head, body)
  }

  /// The next response; other kinds are passed over.
  func response() throws -> (head: ResponseHead, body: [UInt8]) {
    while let frame = try receive() {
      if frame.kind == FrameKind.response.rawValue {
        return (try ResponseHead(decoding: frame.head), frame.body)
      }
      if frame.kind == FrameKind.close.rawValue {
        throw WaitedInVain(description: "\(try Close(decoding: frame.head))")
      }
    }
    throw WaitedInVain(description: "the connection ended without a response")
  }

  /// What the server closes with; nil when it ended the connection without a word.
  func closing() throws -> Close? {
    while let frame = try receive() {
      if frame.kind == FrameKind.close.rawValue { return try Close(decoding: frame.head) }
    }
    return nil
  }

  func health() throws -> ServingStatus {
    try request(1, "brigade.v1.Health/Check", HealthRequest())
    return try HealthResponse(decoding: response().body).status
  }
}
