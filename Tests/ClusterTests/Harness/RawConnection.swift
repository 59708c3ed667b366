import Glibc
import RPC
import Telemetry

/// A connection of a peer that keeps to no protocol: bytes out, bytes in.
final class RawConnection {
  private let socket: Socket
  private(set) var received: [UInt8] = []
  private(set) var isEnded = false

  init(_ address: String) throws {
    guard let target = Address(address) else {
      throw NotInTime(description: "\(address) is no address")
    }
    socket = try Socket.connecting(to: SocketAddress(target))
    guard wait(POLLOUT, milliseconds: 20_000), socket.connectError() == nil else {
      socket.close()
      throw NotInTime(description: "no connection to \(address)")
    }
  }

  deinit { socket.close() }

  private func wait(_ events: Int32, milliseconds: Int) -> Bool {
    var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    return poll(&watched, 1, Int32(milliseconds)) > 0
  }

  /// Sends all of it, as long as the peer takes it.
  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count, !isEnded {
      switch bytes.withUnsafeBytes({ socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wouldBlock:
        takeIn()
        if !wait(POLLOUT, milliseconds: 10_000) { return }
      case .failed, .end: isEnded = true
      }
    }
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  func endSending() { socket.shutDownOutput() }

  /// Reads what has come, without waiting.
  func takeIn() {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while !isEnded {
      switch buffer.withUnsafeMutableBytes({ socket.receive($0) }) {
      case .bytes(let count): received += buffer[..<count]
      case .wouldBlock: return
      // A reset ends it as well as an orderly end.
      case .end, .failed: isEnded = true
      }
    }
  }

  func waitForEnd(_ what: @autoclosure () -> String, seconds: Double = 20) async throws {
    try await ClusterTests.wait(
      for: "the server to end a connection of \(what())", seconds: seconds
    ) {
      takeIn()
      return isEnded
    }
  }

  /// Waits until what came holds the text.
  func waitFor(_ text: String, seconds: Double = 20) async throws {
    try await ClusterTests.wait(
      for: "\(text) in \(String(decoding: received, as: UTF8.self).debugDescription)",
      seconds: seconds
    ) {
      takeIn()
      return String(decoding: received, as: UTF8.self).contains(text)
    }
  }

  /// The frames among what came, bodies left out.
  func frames() -> [(kind: FrameKind, head: [UInt8])] {
    var frames: [(kind: FrameKind, head: [UInt8])] = []
    var rest = received[...]
    let decoder = FrameDecoder(frameBytesMax: 16 << 20)
    while true {
      let bytes = Array(rest)
      guard case .frame(let header)? = bytes.withUnsafeBytes({ try? decoder.next($0) }) else {
        return frames
      }
      frames.append(
        (header.kind, Array(bytes[FrameHeader.bytes..<FrameHeader.bytes + header.headBytes])))
      rest = rest.dropFirst(FrameHeader.bytes + header.headBytes + header.bodyBytes)
    }
  }
}

/// Bytes of a frame, right or wrong.
func frame(
  _ kind: UInt8, head: [UInt8], body: [UInt8] = [], flags: UInt8 = 0, length: UInt32? = nil
) -> [UInt8] {
  let length = length ?? UInt32(FrameHeader.bytesAfterLength + head.count + body.count)
  let prefix = withUnsafeBytes(of: length.bigEndian) { Array($0) }
  let headLength = withUnsafeBytes(of: UInt16(head.count).bigEndian) { Array($0) }
  return prefix + [kind, flags] + headLength + head + body
}

func helloFrame() -> [UInt8] {
  var hello = Hello()
  hello.version = ConnectionState.version
  hello.replica = "stranger"
  hello.frameBytesMax = 16 << 20
  hello.callsInFlightMax = 100
  hello.kinds = FrameKind.allCases.map { UInt32($0.rawValue) }
  return frame(FrameKind.hello.rawValue, head: hello.encoded())
}

func requestFrame(_ method: String, call: UInt64 = 1, body: [UInt8]) -> [UInt8] {
  var head = RequestHead()
  head.call = call
  head.method = method
  head.budgetMicroseconds = 1_000_000
  return frame(FrameKind.request.rawValue, head: head.encoded(), body: body)
}
