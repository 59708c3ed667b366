import Node
import RPC

/// Takes OTLP over HTTP as a collector does, on a loop of its own, until it goes.
final class OtlpReceiver: Sendable {
  struct Taken: Sendable {
    var head: String
    var request: OtlpExportRequest
  }

  let address: Address
  private let loop: EventLoop
  private let state = Guarded(State())

  private struct State {
    var taken: [Taken] = []
    var statuses: [Int] = []
    var answer = OtlpExportResponse()
  }

  /// - Parameter statuses: of the first answers; those after them are 200.
  init(statuses: [Int] = [], answer: OtlpExportResponse = OtlpExportResponse()) throws {
    loop = try EventLoop(name: "receiver")
    let socket = try Socket.listening(at: .tcp(host: "127.0.0.1", port: 0))
    address = socket.bound(.tcp(host: "127.0.0.1", port: 0))
    state.withLock {
      $0.statuses = statuses
      $0.answer = answer
    }
    loop.start()
    let (loop, state) = (loop, state)
    loop.post {
      Listener(socket, on: loop) {
        Connection($0, on: loop, state).start()
      } mayAccept: {
        true
      }
      .start()
    }
  }

  deinit {
    loop.stop()
    loop.join()
  }

  var endpoint: OtlpEndpoint { OtlpEndpoint("http://\(address)/v1/traces")! }

  /// Whatever the answer was.
  var taken: [Taken] { state.withLock { $0.taken } }

  private final class Connection: ByteStreamOwner {
    private let stream: ByteStream
    private let state: Guarded<State>
    /// Until it is closed.
    private var own: Connection?

    init(_ socket: Socket, on loop: EventLoop, _ state: Guarded<State>) {
      stream = ByteStream(socket, on: loop, limits: Limits())
      self.state = state
    }

    func start() {
      own = self
      do { try stream.start(self) } catch { stream.close("\(error)") }
    }

    func received() {
      let text = String(decoding: stream.input.unread, as: UTF8.self)
      guard let end = text.firstRange(of: "\r\n\r\n") else { return }
      let head = String(text[..<end.lowerBound])
      let length =
        head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
        .flatMap { Int($0.dropFirst("Content-Length: ".count)) } ?? 0
      let headBytes = head.utf8.count + 4
      guard stream.input.count >= headBytes + length else { return }
      let body = Array(stream.input.unread[headBytes..<headBytes + length])
      stream.input.consume(headBytes + length)
      let (status, answer) = state.withLock { state in
        if let request = try? OtlpExportRequest(decoding: body) {
          state.taken.append(Taken(head: head, request: request))
        }
        return (state.statuses.isEmpty ? 200 : state.statuses.removeFirst(), state.answer)
      }
      let bytes = answer.encoded()
      let response = Array("HTTP/1.1 \(status) S\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8)
      (response + bytes).withUnsafeBytes { stream.output.append($0) }
      stream.outputGrew()
      stream.closeWhenFlushed()
    }

    func closed(_ reason: String?) { own = nil }
  }
}
