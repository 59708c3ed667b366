internal import JSON
internal import RPC

/// The edge's part on one loop: requests in, calls of the server's loop out. Confined to its loop.
final class ConnectHandler: HTTPHandler, CallOrigin {
  private struct Pending {
    let exchange: HTTPExchange
    let request: ConnectRequest
    let method: ServedMethod
    let call: CallContext
    let body: [UInt8]
    let headers: [(String, String)]
  }

  private static let mark = Metadata(ConnectEdge.mark, ConnectEdge.system)

  private let edge: ConnectEdge
  /// It keeps the handler.
  private unowned let server: ServerLoop
  private let connections: ConnectionCount
  private let onAnswered: (Int) -> Void
  private let methods: [String: ServedMethod]
  private let codec: ConnectCodec
  private var pending: [UInt64: Pending] = [:]
  private var lastCall: UInt64 = 0
  private var random = SystemRandomNumberGenerator()

  init(
    _ edge: ConnectEdge, on server: ServerLoop, _ connections: ConnectionCount,
    onAnswered: @escaping (Int) -> Void
  ) {
    self.edge = edge
    self.server = server
    self.connections = connections
    self.onAnswered = onAnswered
    let served = edge.methods.compactMap { server.method(named: $0) }
    methods = Dictionary(
      served.map { ("/" + $0.name, $0) }, uniquingKeysWith: { first, _ in first })
    codec = ConnectCodec(served, bodyBytesMax: edge.limits.bodyBytesMax)
  }

  // MARK: Connections

  func adopt(_ socket: Socket) {
    connections.add(1)
    let stream = ByteStream(socket, on: server.loop, limits: server.limits)
    let connection = HTTPConnection(
      stream, handler: self, limits: edge.limits,
      stalledMilliseconds: server.limits.stalledOutputMilliseconds)
    server.keep(connection)
    do throws(SystemError) {
      try connection.start()
      if server.isDraining { connection.drain() }
    } catch {
      stream.close(error.description)
    }
  }

  func closed(_ connection: HTTPConnection, _ reason: String) {
    connections.add(-1)
    server.closed(connection, "edge: \(reason)")
  }

  // MARK: Requests

  func handle(_ request: HTTPRequest, _ exchange: HTTPExchange) {
    let headers = edge.crossOrigin.headers(for: request)
    guard let method = methods[request.path] else {
      return refuse(request, exchange, headers)
    }
    if let preflight = edge.crossOrigin.preflight(request) {
      return answer(exchange, [], preflight)
    }
    switch ConnectRequest.read(request) {
    case .refused(let response): answer(exchange, headers, response)
    case .request(let read): submit(read, method, request.body, exchange, headers)
    }
  }

  /// Of what is no call: who asked for a trace is told of it all the same, and has it.
  private func refuse(
    _ request: HTTPRequest, _ exchange: HTTPExchange, _ headers: [(String, String)]
  ) {
    let error = unknown(request.path)
    var response = HTTPResponse(error, status: 404)
    let (trace, state) = ConnectRequest.trace(of: request)
    if trace.isSampled {
      lastCall += 1
      let call = server.makeCall(
        lastCall, nil, from: self, budgetMicroseconds: nil, trace: trace, metadata: metadata(state))
      server.turnAway(call, error)
      announce(call, in: &response)
    }
    answer(exchange, headers, response)
  }

  private func metadata(_ tracestate: String) -> [Metadata] {
    tracestate.isEmpty ? [Self.mark] : [Self.mark, Metadata(TraceContext.stateName, tracestate)]
  }

  /// The span in which the call is answered, so that its caller finds it.
  private func announce(_ call: CallContext, in response: inout HTTPResponse) {
    let span = call.trace.serverSpan(received: call.received)
    response.add("Traceparent", call.trace.traceparent(span: span))
  }

  private func unknown(_ path: String) -> RPCError {
    let known = methods.keys.sorted().joined(separator: ", ")
    return RPCError(.unimplemented, "nothing is served at \(path); there is \(known)")
  }

  private func submit(
    _ request: ConnectRequest, _ method: ServedMethod, _ body: [UInt8], _ exchange: HTTPExchange,
    _ headers: [(String, String)]
  ) {
    lastCall += 1
    let trace = request.trace.isPresent ? request.trace : TraceContext(random: &random)
    let call = server.makeCall(
      lastCall, method, from: self,
      budgetMicroseconds: request.timeoutMilliseconds.map { $0 * 1_000 }, trace: trace,
      metadata: metadata(request.tracestate))
    exchange.tag = lastCall
    pending[lastCall] = Pending(
      exchange: exchange, request: request, method: method, call: call, body: body,
      headers: headers)
    server.submit(call)
  }

  func response(to refusal: HTTPRefusal) -> HTTPResponse {
    onAnswered(refusal.status.code)
    return HTTPResponse(refusal)
  }

  func abandon(_ exchange: HTTPExchange) {
    guard let left = pending.removeValue(forKey: exchange.tag) else { return }
    server.abandon(left.call)
  }

  // MARK: Calls

  func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void) {
    guard let asked = pending[call.id] else { return }
    do throws(RPCError) {
      let bytes = try codec.decode(
        asked.body, of: asked.request, as: asked.method.request.name)
      bytes.withUnsafeBytes(use)
    } catch {
      server.turnAway(call, error)
    }
  }

  /// It is kept until it is answered anyway.
  func holdBody(of call: CallContext) -> Int { pending[call.id]?.body.count ?? 0 }

  func answer(_ call: CallContext, _ answer: Answer) {
    guard let asked = pending.removeValue(forKey: call.id) else { return }
    var code = Code.ok
    var response: HTTPResponse
    switch answer {
    case .message(let message): response = codec.response(message, to: asked.request)
    case .failure(let error):
      code = error.code
      response = HTTPResponse(error)
    }
    announce(call, in: &response)
    server.answered(call, code)
    self.answer(asked.exchange, asked.headers, response)
  }

  private func answer(
    _ exchange: HTTPExchange, _ headers: [(String, String)], _ response: HTTPResponse
  ) {
    var response = response
    for (name, value) in headers { response.add(name, value) }
    onAnswered(response.status.code)
    exchange.answer(response)
  }
}
