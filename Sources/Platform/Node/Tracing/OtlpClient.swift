internal import Glibc
internal import RPC
internal import Telemetry

/// Posts a batch and waits for the answer, on a thread that may wait.
struct OtlpClient {
  /// From the first byte to the last of the answer; a receiver that takes longer is as good as away.
  static let timeoutMilliseconds: Int64 = 5_000
  /// Of an answer: a few counts and a message.
  private static let answerBytesMax = 64 << 10

  let endpoint: OtlpEndpoint
  var timeoutMilliseconds = Self.timeoutMilliseconds

  func post(_ body: [UInt8]) -> ExportQueue.Answer {
    let deadline = Instant.now().adding(milliseconds: timeoutMilliseconds)
    guard let target = try? SocketAddress(endpoint.address),
      let socket = try? Socket.connecting(to: target)
    else { return .notNow }
    defer { socket.close() }
    guard wait(socket, POLLOUT, deadline), socket.connectError() == nil,
      send(head(body.count) + body, on: socket, deadline)
    else { return .notNow }
    return Self.answer(receive(on: socket, deadline))
  }

  private func head(_ bodyBytes: Int) -> [UInt8] {
    Array(
      """
      POST \(endpoint.path) HTTP/1.1\r
      Host: \(endpoint.address)\r
      Content-Type: application/x-protobuf\r
      Content-Length: \(bodyBytes)\r
      User-Agent: brigade/\(brigadeVersion)\r
      Connection: close\r
      \r

      """.utf8)
  }

  private func send(_ bytes: [UInt8], on socket: Socket, _ deadline: Instant) -> Bool {
    var sent = 0
    while sent < bytes.count {
      switch bytes[sent...].withUnsafeBytes({ socket.send($0) }) {
      case .bytes(let count): sent += count
      case .wouldBlock: guard wait(socket, POLLOUT, deadline) else { return false }
      case .end, .failed: return false
      }
    }
    return true
  }

  private func receive(on socket: Socket, _ deadline: Instant) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4 << 10)
    while bytes.count < Self.answerBytesMax, wait(socket, POLLIN, deadline) {
      guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ socket.receive($0) }) else {
        break
      }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }

  private func wait(_ socket: Socket, _ events: Int32, _ deadline: Instant) -> Bool {
    let left = deadline.nanoseconds(since: .now()) / 1_000_000
    guard left > 0 else { return false }
    var watched = pollfd(fd: socket.descriptor, events: Int16(events), revents: 0)
    return poll(&watched, 1, Int32(clamping: left)) > 0
  }

  /// What the bytes of an HTTP answer say, by OTLP's rules on which failures are worth a retry.
  static func answer(_ bytes: [UInt8]) -> ExportQueue.Answer {
    let mark = Array("\r\n\r\n".utf8)
    let headEnd = bytes.indices.first { bytes[$0...].starts(with: mark) }
    let head = String(decoding: bytes[..<(headEnd ?? bytes.count)], as: UTF8.self)
    let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      return .notNow
    }
    switch status {
    case 200..<300:
      guard let headEnd, !head.lowercased().contains("transfer-encoding"),
        let response = try? OtlpExportResponse(decoding: Array(bytes[(headEnd + 4)...]))
      else { return .taken(rejectedSpans: 0) }
      return .taken(
        rejectedSpans: UInt64(clamping: response.partialSuccess?.rejectedSpans ?? 0))
    case 429, 502, 503, 504: return .notNow
    default: return .refused
    }
  }
}
