internal import Messages
internal import RPC
internal import Telemetry

/// Makes a trace of what is known of a request's hops. Pure; only called for what is kept.
///
/// A hop's client span covers all its attempts. Each is a span below it, unless there was but one and
/// it was answered, of which the hop's span tells everything. What a replica did is a span below its
/// attempt: as no clocks are compared, it is drawn in the middle of what its caller saw, with half of
/// the wire's time on either side.
///
/// Names and attributes follow OpenTelemetry's RPC conventions; what they have no name for begins
/// with `brigade.`.
struct RequestSpans {
  static let service = "brigade-gateway"
  /// Among the request's children, after those of the hops.
  private static let rulesIndex: UInt64 = 16
  private static let attemptsIndex: UInt64 = 32
  private static let serverIndex: UInt64 = 1

  let request: RequestTrace
  /// Of this gateway.
  let replica: String
  /// The port that the request came to.
  let door: Door
  /// Where the replicas that were asked listen, by name, as far as it is known.
  let addresses: [String: Address]
  /// From receipt to deadline.
  let budgetMicroseconds: UInt64
  let queueMicroseconds: UInt64

  /// - Parameter error: what the caller was answered instead.
  func trace(
    _ outcome: RequestOutcome, error: RPCError?, reasons: TraceReasons, weight: Double,
    state: String, startUnixNanoseconds: Int64
  ) -> Trace {
    var trace = Trace(
      id: request.id, requestID: outcome.requestID, state: state, flags: request.flags,
      reasons: reasons, weight: weight, startUnixNanoseconds: startUnixNanoseconds,
      root: root(outcome, error))
    trace.reserve(2 + 2 * outcome.hops.count)
    for hop in outcome.hops { append(hop, outcome, to: &trace) }
    if outcome.rulesMicroseconds > 0 {
      var rules = span(
        Self.rulesIndex, of: request.rootSpan, "rules", .internal,
        start: outcome.elapsedMicroseconds
          - min(
            outcome.rulesMicroseconds, outcome.elapsedMicroseconds),
        microseconds: min(outcome.rulesMicroseconds, outcome.elapsedMicroseconds))
      rules.add("brigade.items", UInt64(outcome.items))
      trace.append(rules)
    }
    return trace
  }

  private func span(
    _ index: UInt64, of parent: UInt64, _ name: String, _ kind: Span.Kind, start: UInt64,
    microseconds: UInt64
  ) -> Span {
    Span(
      id: SpanID.child(of: parent, index), parent: parent, name: name, kind: kind,
      service: Self.service, instance: replica, startMicroseconds: start,
      durationMicroseconds: microseconds)
  }

  private func root(_ outcome: RequestOutcome, _ error: RPCError?) -> Span {
    var root = Span(
      id: request.rootSpan, parent: request.callerSpan, name: outcome.method, kind: .server,
      service: Self.service, instance: replica, startMicroseconds: 0,
      durationMicroseconds: outcome.elapsedMicroseconds)
    root.addCall(outcome.method, error?.code ?? .ok, system: door.system)
    root.addServer(door.address)
    if let error {
      root.add("brigade.message", error.message)
      if error.code.isServersFault { root.fail(error.description) }
    }
    if !outcome.requestID.isEmpty { root.add("brigade.request_id", outcome.requestID) }
    root.add("brigade.queue_us", queueMicroseconds)
    root.add("brigade.budget_us", budgetMicroseconds)
    root.add("brigade.deadline_left_us", deadlineLeft(outcome.elapsedMicroseconds))
    root.add("brigade.degraded", .flag(outcome.degraded))
    if outcome.method == Method.rank.name {
      root.add("brigade.candidates", UInt64(outcome.candidates))
    }
    if !outcome.model.isEmpty { root.add("brigade.model", outcome.model) }
    root.add(outcome.arms)
    return root
  }

  private func deadlineLeft(_ at: UInt64) -> UInt64 {
    budgetMicroseconds - min(at, budgetMicroseconds)
  }

  // MARK: Hops

  /// Where a hop's call goes.
  private struct Target {
    let span: UInt64
    let program: String
    /// Nil for a hop that is none of a ranking's.
    let kind: HopKind?
  }

  private func target(_ method: String) -> Target? {
    if let kind = HopKind(method: method) {
      return Target(span: request.span(kind), program: kind.program, kind: kind)
    }
    guard method == Method.append.name else { return nil }
    return Target(span: request.appendSpan, program: HopKind.features.program, kind: nil)
  }

  private func append(_ hop: Hop, _ outcome: RequestOutcome, to trace: inout Trace) {
    guard let target = target(hop.method) else { return }
    var client = Span(
      id: target.span, parent: request.rootSpan, name: hop.method, kind: .client,
      service: Self.service, instance: replica, startMicroseconds: hop.startMicroseconds,
      durationMicroseconds: hop.elapsedMicroseconds)
    describe(hop, in: &client)
    client.addServer(addresses[hop.attempts.last?.replica ?? ""])
    trace.append(client)
    let hasAnswer = !hop.replica.isEmpty
    for (index, attempt) in hop.attempts.enumerated() {
      let answered = hasAnswer && index == hop.attempts.count - 1
      var parent = client.id
      if hop.attempts.count > 1 || !hasAnswer {
        let span = attemptSpan(attempt, index, of: client, hop, lost: hasAnswer && !answered)
        trace.append(span)
        parent = span.id
      }
      if answered {
        trace.append(answer(hop, attempt, under: parent, outcome, target))
      } else if attempt.saysTimes {
        trace.append(server(attempt, under: parent, hop, target))
      }
    }
  }

  private func describe(_ hop: Hop, in client: inout Span) {
    let code = hop.attempts.last.map { Code(rawValue: $0.code) ?? .unknown }
    client.addCall(hop.method, code)
    client.add("brigade.rung", "\(hop.rung)")
    client.add("brigade.attempts", UInt64(hop.attempts.count))
    client.addBytes(
      request: hop.attempts.reduce(0) { $0 + UInt64($1.requestBytes) },
      answer: hop.attempts.reduce(0) { $0 + UInt64($1.answerBytes) })
    client.add("brigade.deadline_left_us", deadlineLeft(hop.startMicroseconds))
    if !hop.replica.isEmpty {
      client.add("brigade.replica", hop.replica)
      client.add("brigade.queue_us", hop.queueMicroseconds)
      client.add("brigade.handler_us", hop.handlerMicroseconds)
      client.add("brigade.wire_us", hop.wireMicroseconds)
    }
    if !hop.why.isEmpty { client.add("brigade.why", hop.why) }
    if hop.rung != .skipped, hop.replica.isEmpty { client.fail(hop.why) }
  }

  private func attemptSpan(
    _ attempt: Messages.Attempt, _ index: Int, of client: Span, _ hop: Hop, lost: Bool
  ) -> Span {
    var span = span(
      Self.attemptsIndex + UInt64(index), of: client.id, hop.method, .client,
      start: attempt.startMicroseconds, microseconds: attempt.elapsedMicroseconds)
    let code = Code(rawValue: attempt.code) ?? .unknown
    // A hedge's loser did nothing wrong.
    let isOutrun = lost && code == .cancelled
    span.addCall(hop.method, code, isFailure: !isOutrun)
    span.add("brigade.attempt", UInt64(attempt.number))
    span.add("brigade.hedge", .flag(attempt.hedge))
    span.add("brigade.replica", attempt.replica)
    span.addServer(addresses[attempt.replica])
    span.addBytes(request: UInt64(attempt.requestBytes), answer: UInt64(attempt.answerBytes))
    span.isLost = lost
    if code != .ok, code != .cancelled { span.fail("\(code.name): \(attempt.message)") }
    return span
  }

  /// What the replica did whose answer was used.
  private func answer(
    _ hop: Hop, _ attempt: Messages.Attempt, under parent: UInt64, _ outcome: RequestOutcome,
    _ target: Target
  ) -> Span {
    var attempt = attempt
    attempt.queueMicroseconds = hop.queueMicroseconds
    attempt.handlerMicroseconds = hop.handlerMicroseconds
    var server = server(attempt, under: parent, hop, target)
    if target.kind == .features {
      server.add("brigade.stored_us", hop.storedMicroseconds)
      server.add("brigade.request_us", hop.requestMicroseconds)
    }
    if target.kind == .inference { server.add("brigade.model", outcome.model) }
    return server
  }

  private func server(
    _ attempt: Messages.Attempt, under parent: UInt64, _ hop: Hop, _ target: Target
  ) -> Span {
    let (said, overflow) = attempt.queueMicroseconds.addingReportingOverflow(
      attempt.handlerMicroseconds)
    // A replica's word is not taken for more than its caller saw.
    let inside = overflow ? attempt.elapsedMicroseconds : min(said, attempt.elapsedMicroseconds)
    let before = (attempt.elapsedMicroseconds - inside) / 2
    var server = Span(
      id: SpanID.child(of: parent, Self.serverIndex), parent: parent, name: hop.method,
      kind: .server, service: target.program, instance: attempt.replica,
      startMicroseconds: attempt.startMicroseconds + before, durationMicroseconds: inside)
    let code = Code(rawValue: attempt.code) ?? .unknown
    server.addCall(hop.method, code)
    server.add("brigade.queue_us", attempt.queueMicroseconds)
    server.add("brigade.handler_us", attempt.handlerMicroseconds)
    server.add("brigade.placement", "centred")
    if code.isServersFault { server.fail("\(code.name): \(attempt.message)") }
    return server
  }
}

extension Span {
  /// - Parameters:
  ///   - code: nil for a call that was not made.
  ///   - isFailure: of a code that is not OK.
  fileprivate mutating func addCall(
    _ method: String, _ code: Code?, system: String = Door.framesSystem, isFailure: Bool = true
  ) {
    add("rpc.system.name", system)
    add("rpc.method", method)
    guard let code else { return }
    add("rpc.response.status_code", code.name)
    if code != .ok, isFailure { add("error.type", code.name) }
  }

  /// Nil unknown.
  fileprivate mutating func addServer(_ address: Address?) {
    switch address {
    case .tcp(let host, let port):
      add("server.address", host)
      add("server.port", UInt64(port))
    case .unix(let path): add("server.address", path)
    case nil: break
    }
  }

  /// Of frames on the wire; what was not sent, or did not come, is left out.
  fileprivate mutating func addBytes(request: UInt64, answer: UInt64) {
    if request > 0 { add("brigade.request_bytes", request) }
    if answer > 0 { add("brigade.answer_bytes", answer) }
  }
}

extension Messages.Attempt {
  /// A replica that refuses or fails says them too.
  fileprivate var saysTimes: Bool { queueMicroseconds > 0 || handlerMicroseconds > 0 }
}

extension Code {
  /// OpenTelemetry's rule for a server's span: who asks wrongly, or leaves, is no error of it.
  var isServersFault: Bool {
    switch self {
    case .unknown, .deadlineExceeded, .unimplemented, .internal, .unavailable, .dataLoss: true
    default: false
    }
  }
}

extension HopKind {
  init?(method: String) {
    guard let kind = Self.allCases.first(where: { $0.method == method }) else { return nil }
    self = kind
  }

  /// That is called in it.
  var method: String {
    switch self {
    case .user: Method.get.name
    case .retrieval: Method.search.name
    case .features: Method.assemble.name
    case .inference: Method.score.name
    }
  }

  /// That answers it.
  fileprivate var program: String {
    switch self {
    case .user, .features: "brigade-features"
    case .retrieval: "brigade-retrieval"
    case .inference: "brigade-inference"
    }
  }
}
