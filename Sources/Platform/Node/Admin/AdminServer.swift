internal import RPC
internal import Synchronization
internal import Telemetry

/// Whether callers may be sent here.
final class Readiness: Sendable {
  private let ready = Atomic<Bool>(false)
  var isReady: Bool { ready.load(ordering: .relaxed) }
  func set(_ value: Bool) { ready.store(value, ordering: .relaxed) }
}

/// Every bound of the admin port.
struct AdminLimits: Sendable {
  /// Scrapers and probes.
  var connectionsMax = 64
  /// A client that is silent for longer is cut off. Longer than the usual scrape interval, so that
  /// scrapers keep their connection.
  var idleMilliseconds: Int64 = 75_000
  /// From a request's first byte to the end of its head.
  var headMilliseconds: Int64 = 5_000
  /// How often the two are looked at.
  var tickMilliseconds: Int64 = 500
  /// Answers that wait to be read by one client; a page of metrics is well below one of these.
  var outputBytesMax = 16 << 20
}

/// `/metrics`, `/livez`, `/readyz` and the service's own pages over HTTP, on a loop of its own: it
/// answers even when the serving loops are busy.
final class AdminServer: @unchecked Sendable {
  private let loop: EventLoop
  private let limits: AdminLimits
  private let metrics: MetricsRegistry
  private let ready: Readiness
  private let watch: LoopWatch?
  private let pages: AdminPages
  private var connections: [ObjectIdentifier: AdminConnection] = [:]

  /// - Parameter watch: of the loops that `/livez` is about.
  init(
    on loop: EventLoop, metrics: MetricsRegistry, ready: Readiness, watch: LoopWatch? = nil,
    pages: AdminPages = AdminPages(), limits: AdminLimits = AdminLimits()
  ) {
    self.loop = loop
    self.limits = limits
    self.metrics = metrics
    self.ready = ready
    self.watch = watch
    self.pages = pages
  }

  func listen(at address: Address) throws(SystemError) -> Address {
    let socket = try Socket.listening(at: address)
    let listener = Listener(socket, on: loop) { [self] in
      adopt($0)
    } mayAccept: { [self] in
      connections.count < limits.connectionsMax
    }
    loop.post { [self] in
      listener.start()
      tickLater()
    }
    return socket.bound(address)
  }

  private func adopt(_ socket: Socket) {
    var streamLimits = Limits()
    streamLimits.outputBytesMax = limits.outputBytesMax
    let stream = ByteStream(socket, on: loop, limits: streamLimits)
    let connection = AdminConnection(stream, server: self, limits: limits)
    connections[ObjectIdentifier(connection)] = connection
    do throws(SystemError) {
      try stream.start(connection)
    } catch {
      stream.close(error.description)
    }
  }

  func closed(_ connection: AdminConnection) { connections[ObjectIdentifier(connection)] = nil }

  private func tickLater() {
    let next = Instant.now().adding(milliseconds: limits.tickMilliseconds)
    _ = loop.schedule(at: next) { [self] in
      for connection in connections.values { connection.tick(.now()) }
      tickLater()
    }
  }

  func answer(_ request: HTTPRequest) -> HTTPResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPResponse(status: 405, body: "only GET and HEAD\n", allow: "GET, HEAD")
    }
    switch request.path {
    case "/metrics":
      let format: PrometheusText.Format = request.prefersOpenMetrics ? .openMetrics : .prometheus
      return HTTPResponse(
        status: 200, contentType: format.contentType, body: metrics.render(format))
    case "/livez", "/healthz":
      return watch?.complaint.map { HTTPResponse(status: 503, body: $0) }
        ?? HTTPResponse(status: 200, body: "ok\n")
    case "/readyz":
      return ready.isReady
        ? HTTPResponse(status: 200, body: "ok\n")
        : HTTPResponse(status: 503, body: "starting or draining\n")
    default:
      if let answer = pages.answer(request) { return answer }
      let known = ["/metrics", "/livez", "/readyz"] + pages.paths
      return HTTPResponse(
        status: 404,
        body: "no page \(request.path); there are \(known.joined(separator: " "))\n")
    }
  }
}

/// One HTTP connection of the admin port. Confined to its loop.
final class AdminConnection: ByteStreamOwner {
  private let stream: ByteStream
  private let limits: AdminLimits
  private unowned let server: AdminServer
  private var headSince: Instant?

  init(_ stream: ByteStream, server: AdminServer, limits: AdminLimits) {
    self.stream = stream
    self.limits = limits
    self.server = server
  }

  func received() {
    // Closed by what was sent: a client that pipelines and does not read.
    while !stream.isClosed {
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
    let slow = headSince.map { now > $0.adding(milliseconds: limits.headMilliseconds) } ?? false
    let idle = now > stream.lastReceived.adding(milliseconds: limits.idleMilliseconds)
    if slow || idle { stream.close("too slow") }
  }

  func closed(_ reason: String?) { server.closed(self) }
}
