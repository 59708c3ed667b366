internal import RPC
internal import Synchronization
internal import Telemetry

/// Whether callers may be sent here.
final class Readiness: Sendable {
  private let ready = Atomic<Bool>(false)
  var isReady: Bool { ready.load(ordering: .relaxed) }
  func set(_ value: Bool) { ready.store(value, ordering: .relaxed) }
}

/// `/metrics`, `/livez` and `/readyz` over HTTP, on a loop of its own: it answers even when the
/// serving loops are busy.
final class AdminServer: @unchecked Sendable {
  /// Scrapers and probes.
  private static let connectionsMax = 64
  private static let tickMilliseconds: Int64 = 500

  private let loop: EventLoop
  private let metrics: MetricsRegistry
  private let ready: Readiness
  private var connections: [ObjectIdentifier: AdminConnection] = [:]

  init(on loop: EventLoop, metrics: MetricsRegistry, ready: Readiness) {
    self.loop = loop
    self.metrics = metrics
    self.ready = ready
  }

  func listen(at address: Address) throws(SystemError) -> Address {
    let socket = try Socket.listening(at: address)
    let listener = Listener(socket, on: loop) { [self] in
      adopt($0)
    } mayAccept: { [self] in
      connections.count < Self.connectionsMax
    }
    loop.post { [self] in
      listener.start()
      tickLater()
    }
    return socket.bound(address)
  }

  private func adopt(_ socket: Socket) {
    let stream = ByteStream(socket, on: loop, limits: Limits())
    let connection = AdminConnection(stream, server: self)
    connections[ObjectIdentifier(connection)] = connection
    do throws(SystemError) {
      try stream.start(connection)
    } catch {
      stream.close(error.description)
    }
  }

  func closed(_ connection: AdminConnection) { connections[ObjectIdentifier(connection)] = nil }

  private func tickLater() {
    let next = Instant.now().adding(milliseconds: Self.tickMilliseconds)
    _ = loop.schedule(at: next) { [self] in
      for connection in connections.values { connection.tick(.now()) }
      tickLater()
    }
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPResponse(status: 405, body: "only GET and HEAD\n")
    }
    switch request.path {
    case "/metrics":
      return HTTPResponse(
        status: 200, contentType: PrometheusText.contentType, body: metrics.renderPrometheus())
    case "/livez", "/healthz": return HTTPResponse(status: 200, body: "ok\n")
    case "/readyz":
      return ready.isReady
        ? HTTPResponse(status: 200, body: "ok\n")
        : HTTPResponse(status: 503, body: "starting or draining\n")
    default:
      return HTTPResponse(
        status: 404, body: "no page \(request.path); there are /metrics /livez /readyz\n")
    }
  }
}

/// One HTTP connection of the admin port. Confined to its loop.
final class AdminConnection: ByteStreamOwner {
  /// A client that is silent for longer, or sends its head slower, is cut off. Longer than the
  /// usual scrape interval, so that scrapers keep their connection.
  private static let idleMilliseconds: Int64 = 75_000
  private static let headMilliseconds: Int64 = 5_000

  private let stream: ByteStream
  private unowned let server: AdminServer
  private var headSince: Instant?

  init(_ stream: ByteStream, server: AdminServer) {
    self.stream = stream
    self.server = server
  }

  func received() {
    while true {
      switch HTTPRequest.parse(stream.input.unread) {
      case .incomplete:
        headSince = stream.input.isEmpty ? nil : headSince ?? stream.loop.turnStart
        return
      case .request(let request, let bytes):
        stream.input.consume(bytes)
        headSince = nil
        let text = server.answer(request).encode(
          keepsAlive: request.keepsAlive, withBody: request.method != "HEAD")
        send(text)
        if !request.keepsAlive { return stream.closeWhenFlushed() }
      case .refused(let status, let reason):
        let response = HTTPResponse(status: status, body: reason + "\n")
        stream.input.consume(stream.input.count)
        send(response.encode(keepsAlive: false, withBody: true))
        return stream.closeWhenFlushed()
      }
    }
  }

  private func send(_ text: String) {
    var text = text
    text.withUTF8 { stream.output.append(UnsafeRawBufferPointer($0)) }
    stream.outputGrew()
  }

  func tick(_ now: Instant) {
    let slow = headSince.map { now > $0.adding(milliseconds: Self.headMilliseconds) } ?? false
    let idle = now > stream.lastReceived.adding(milliseconds: Self.idleMilliseconds)
    if slow || idle { stream.close("too slow") }
  }

  func closed(_ reason: String?) { server.closed(self) }
}
