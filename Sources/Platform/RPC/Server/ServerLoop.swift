internal import Glibc
internal import Telemetry

/// The part of a server that lives on one loop: its connections, the requests of a turn, and the
/// calls that wait. Confined to its loop.
package final class ServerLoop: @unchecked Sendable {
  /// Of an error; its head must fit in every peer's frames.
  package static let messageBytesMax = 2_000
  /// How long a drained connection is left to its client to close.
  static let lingerMilliseconds: Int64 = 500
  private static let tickMilliseconds: Int64 = 250
  /// Contexts kept for reuse: more than a turn's calls under load.
  private static let spareMax = 1_024

  package let loop: EventLoop
  package let limits: Limits
  let codec: BodyCodec
  private let identity: Identity
  private let interceptors: [Interceptor]
  private(set) var methods = MethodTable()
  @exclusivity(unchecked) private(set) var index = MethodIndex([:])
  private var connections: [ObjectIdentifier: any ServedConnection] = [:]
  @exclusivity(unchecked) private var admission: Admission<CallContext>
  @exclusivity(unchecked) private var isDispatchPlanned = false
  private var refused = 0
  /// Of the requests that wait for another turn.
  @exclusivity(unchecked) private var heldBytes = 0
  /// The calls run in this turn.
  @exclusivity(unchecked) private var dispatched: [CallContext] = []
  /// Contexts of calls that have ended, for those to come.
  @exclusivity(unchecked) private var spare: [CallContext] = []
  @exclusivity(unchecked) private(set) var callsRunning = 0
  @exclusivity(unchecked) package private(set) var isDraining = false
  @exclusivity(unchecked) private(set) var loadPermille: UInt32 = 0
  /// What callers are told to be loaded here; nil where nothing is said.
  private(set) var serves: ServedTags?
  private var cpuMark: (wall: Instant, cpu: Int64) = (.now(), 0)
  /// Takes what the edge's listener accepts.
  var adoptAtEdge: ((Socket) -> Void)?
  private let onClosed: (String) -> Void
  private let onAdmission: (AdmissionTick) -> Void

  init(
    _ loop: EventLoop, identity: Identity, limits: Limits, interceptors: [Interceptor],
    onClosed: @escaping (String) -> Void,
    onAdmission: @escaping (AdmissionTick) -> Void
  ) {
    self.loop = loop
    self.identity = identity
    self.limits = limits
    self.interceptors = interceptors
    codec = BodyCodec(limits)
    self.onClosed = onClosed
    self.onAdmission = onAdmission
    admission = Admission(limits.admissionSettings)
  }

  func start(_ methods: MethodTable) {
    self.methods = methods
    index = MethodIndex(methods.entries)
    // Kept by its loop, which may outlast the server: connections go on until they are drained.
    loop.atEndOfReading { [self] in dispatch() }
    // At once, so that nobody has to wait for there to be something to see.
    let now = Instant.now()
    let next = now.adding(milliseconds: Self.tickMilliseconds)
    tell(now, due: now, next: next)
    tick(at: next)
  }

  var callsInFlight: Int { admission.queued + callsRunning }
  var connectionCount: Int { connections.count }

  func adopt(_ socket: Socket, atEdge: Bool) {
    guard !atEdge else {
      // Set before the listener starts, on this loop.
      adoptAtEdge?(socket)
      return
    }
    let stream = ByteStream(socket, on: loop, limits: limits)
    let frames = FrameConnection(stream, .server, identity: identity, limits: limits)
    let connection = ServerConnection(frames, server: self)
    keep(connection)
    do throws(SystemError) {
      try connection.start()
    } catch {
      stream.close(error.description)
    }
  }

  /// The connection lives, is ticked and is drained until it says that it is `closed`.
  package func keep(_ connection: any ServedConnection) {
    connections[ObjectIdentifier(connection)] = connection
  }

  package func closed(_ connection: any ServedConnection, _ reason: String) {
    connections[ObjectIdentifier(connection)] = nil
    onClosed(reason)
  }

  // MARK: Calls

  /// Why no more requests are taken in now.
  func refusal() -> RPCError? {
    if isDraining { return .notStarted("the server is stopping") }
    return callsRunning >= limits.callsRunningMax ? tooManyRun : nil
  }

  private var tooManyRun: RPCError {
    .notStarted("more than \(limits.callsRunningMax) calls run")
  }

  /// Takes the call into the queue, or answers it, or another that it takes the place of.
  func queue(_ call: CallContext) {
    guard heldBytes < limits.queueBytesMax else { return refuse(call) }
    let planned = call.method?.plannedNanoseconds ?? .max
    let arrival = admission.arrived(
      call, priority: call.priority, deadline: call.deadline,
      usefulUntil: call.received.adding(nanoseconds: planned), loop.turnStart)
    switch arrival {
    case .queued: break
    case .refused: refuse(call)
    case .insteadOf(let other): refuse(other)
    case .insteadOfExpired(let other): expire(other)
    }
  }

  private func refuse(_ call: CallContext) {
    refused += 1
    dispatched.append(call)
    letGo(call)
    turnAway(call, .notStarted("too many requests wait"))
  }

  /// Answers a call whose handler never began.
  package func turnAway(_ call: CallContext, _ error: RPCError) {
    methods.onRefused?(call, call.method?.description.name ?? MethodTable.unknownMethod, error)
    call.fail(error)
  }

  private func expire(_ call: CallContext) {
    dispatched.append(call)
    letGo(call)
    guard call.isWaiting else { return }
    refused += 1
    turnAway(call, RPCError(.deadlineExceeded, "expired in the queue", advice: .notStarted))
  }

  package func method(named name: String) -> ServedMethod? {
    methods.entries[name].map(ServedMethod.init)
  }

  /// The context of a call that has just arrived.
  func context(
    _ header: borrowing RequestHeader, _ method: MethodTable.Entry?, body: Range<Int>,
    from origin: any CallOrigin
  ) -> CallContext {
    let asked = header.budgetAskedMicroseconds
    let budget = limits.budgetMicroseconds(asked: asked == 0 ? nil : asked)
    if let spare = spare.popLast() {
      spare.reuse(header, budgetMicroseconds: budget, method: method, body: body, from: origin)
      return spare
    }
    return CallContext(
      header, budgetMicroseconds: budget, method: method, body: body, from: origin, on: loop,
      interceptors: interceptors)
  }

  /// A call that did not come in a frame; nothing happens until it is submitted.
  /// - Parameters:
  ///   - method: nil for one that is not served, of a call that is to be turned away.
  ///   - budgetMicroseconds: that the caller asks for; nil for the default.
  package func makeCall(
    _ id: UInt64, _ method: ServedMethod?, from origin: any CallOrigin,
    budgetMicroseconds: UInt64?, trace: TraceContext, metadata: [Metadata] = []
  ) -> CallContext {
    let call = CallContext(
      RequestHeader(call: id, trace: trace),
      budgetMicroseconds: limits.budgetMicroseconds(asked: budgetMicroseconds),
      method: method?.entry, body: 0..<0, from: origin, on: loop, interceptors: interceptors)
    if !metadata.isEmpty { call.received(metadata, isCompressed: false) }
    return call
  }

  /// Runs the call in this turn, or answers it at once when there are too many.
  package func submit(_ call: CallContext) {
    guard call.intercept() else { return }
    if let refusal = refusal() { turnAway(call, refusal) } else { queue(call) }
  }

  /// Everything that arrived in this turn has been read, so that cancels are applied: what the
  /// callers still wait for is run.
  private func dispatch() {
    isDispatchPlanned = false
    guard admission.queued > 0 else { return recycle() }
    var now = Instant.now()
    while let turn = admission.next(now) {
      switch turn {
      case .expired(let call): expire(call)
      case .run(let call): now = run(call, now)
      }
    }
    // The connections' input is theirs again with the next turn.
    admission.holdQueued { call in
      guard call.heldBytes == nil else { return false }
      hold(call)
      return true
    }
    recycle()
  }

  private func hold(_ call: CallContext) {
    let bytes = call.isWaiting ? call.origin.holdBody(of: call) : 0
    call.heldBytes = bytes
    heldBytes += bytes
  }

  /// The call has left the queue.
  private func letGo(_ call: CallContext) {
    guard let bytes = call.heldBytes else { return }
    heldBytes -= bytes
  }

  /// - Returns: the time when the handler had answered, or waits.
  private func run(_ call: CallContext, _ now: Instant) -> Instant {
    dispatched.append(call)
    letGo(call)
    guard call.isWaiting, let method = call.method else { return now }
    // Looked at again: those before it in this turn may run on.
    guard callsRunning < limits.callsRunningMax else {
      turnAway(call, tooManyRun)
      return now
    }
    call.begin(now)
    callsRunning += 1
    call.origin.withBody(of: call) { invoke(method, call, $0) }
    if call.heldBytes != nil { call.forgetBody() }
    guard call.isWaiting else { return call.ended }
    // A handler that waits is answered for when its caller's time is over.
    call.expiry = loop.schedule(at: call.deadline, call)
    if !method.isLongPoll {
      call.isAdmitted = true
      admission.began()
    }
    return .now()
  }

  private func invoke(
    _ method: MethodTable.Entry, _ call: CallContext, _ body: UnsafeRawBufferPointer
  ) {
    if let invalid = method.invoke(call, body) { turnAway(call, .invalidArgument("\(invalid)")) }
  }

  /// Keeps the contexts that nobody else holds: those of all calls but the ones that wait.
  private func recycle() {
    while var call = dispatched.popLast() {
      guard isKnownUniquelyReferenced(&call), spare.count < Self.spareMax else { continue }
      if call.heldBytes != nil { call.forgetBody() }
      spare.append(call)
    }
  }

  /// To be called by a call's origin, once, for each that it has answered.
  package func answered(_ call: CallContext, _ code: Code) {
    // One that waited may be free once its task has ended.
    if call.expiry != nil { dispatched.append(call) }
    end(call, isAnswered: true)
    call.forgetCancelling()
    call.interceptEnd(code)
  }

  /// The caller has left, often as its time was over.
  package func abandon(_ call: CallContext) {
    end(call, isAnswered: false)
    call.endAbandoned()
    call.cancel()
    if !call.hasBegun, let method = call.method {
      methods.onAbandoned?(call, method.description.name)
    }
  }

  private func end(_ call: CallContext, isAnswered: Bool) {
    if call.hasBegun { callsRunning -= 1 }
    if let expiry = call.expiry { loop.cancel(expiry) }
    call.leaveOrigin()
    guard call.isAdmitted, let method = call.method else { return }
    call.isAdmitted = false
    let now = isAnswered ? call.ended : .now()
    admission.ended(
      latencyNanoseconds: isAnswered ? now.nanoseconds(since: call.started) : nil,
      usual: &method.usualLatency, now)
    guard admission.queued > 0, !isDispatchPlanned else { return }
    // Those that wait get their turn at once, whether or not anything arrives.
    isDispatchPlanned = true
    loop.post { [self] in dispatch() }
  }

  // MARK: Time and ending

  private func tick(at due: Instant) {
    _ = loop.schedule(at: due) { [self] in
      let now = Instant.now()
      let next = now.adding(milliseconds: Self.tickMilliseconds)
      for connection in connections.values { connection.tick(now) }
      measureLoad(now)
      tell(now, due: due, next: next)
      tick(at: next)
    }
  }

  private func tell(_ now: Instant, due: Instant, next: Instant) {
    onAdmission(
      AdmissionTick(
        loop: loop.name, limit: admission.limit, queued: admission.queued, refused: refused,
        lagNanoseconds: max(0, now.nanoseconds(since: due)), at: now, nextAt: next))
    refused = 0
  }

  private func measureLoad(_ now: Instant) {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    let cpu = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    let wall = now.nanoseconds(since: cpuMark.wall)
    guard wall >= 1_000_000_000 else { return }
    loadPermille = UInt32(clamping: (cpu - cpuMark.cpu) * 1_000 / wall)
    cpuMark = (now, cpu)
  }

  func advertise(_ tags: ServedTags?) {
    serves = tags
    for case let connection as ServerConnection in connections.values { connection.advertise() }
  }

  func drain() {
    isDraining = true
    for connection in connections.values { connection.drain() }
  }
}
