package import CMessages
package import Telemetry

/// One call in a server: what its handler may know, and the way to its answer. Confined to the
/// loop of its connection.
///
/// A context whose call has ended and that nobody holds any more serves another call.
package final class CallContext: TimerTarget, @unchecked Sendable {
  package let loop: EventLoop
  let interceptors: [Interceptor]
  /// The first so many have let the call begin, and have not yet seen it end.
  @exclusivity(unchecked) var interceptorsBegun = 0
  /// When its bytes had arrived.
  @exclusivity(unchecked) package private(set) var received: Instant
  /// The caller waits no longer than this.
  @exclusivity(unchecked) package private(set) var deadline: Instant
  @exclusivity(unchecked) package internal(set) var trace: TraceContext
  /// 1 for the first.
  @exclusivity(unchecked) package private(set) var attempt: UInt32
  @exclusivity(unchecked) package private(set) var priority: UInt32
  @exclusivity(unchecked) package private(set) var started: Instant
  @exclusivity(unchecked) package private(set) var isCancelled = false

  /// Unique among the calls of its origin.
  @exclusivity(unchecked) package private(set) var id: UInt64
  @exclusivity(unchecked) private(set) var method: MethodTable.Entry?
  /// Where its request stands in the connection's input; empty where the origin has it elsewhere.
  @exclusivity(unchecked) private(set) var body: Range<Int>
  /// Whether somebody still waits for the answer.
  @exclusivity(unchecked) package private(set) var isWaiting = true
  /// Who waits. It is there as long as it does: an origin that goes has its calls abandoned.
  @exclusivity(unchecked) unowned(unsafe) private(set) var origin: any CallOrigin
  @exclusivity(unchecked) private(set) var hasBegun = false
  /// When its handler had the answer.
  @exclusivity(unchecked) private(set) var ended: Instant
  @exclusivity(unchecked) var expiry: TimerQueue.ID?
  /// It counts among the calls that its loop's admission lets run.
  @exclusivity(unchecked) var isAdmitted = false
  /// Its request as it came, when it has to wait longer than the connection keeps it.
  @exclusivity(unchecked) var heldBody: [UInt8] = []
  /// That its origin keeps for it; nil before it has to.
  @exclusivity(unchecked) var heldBytes: Int?
  /// What most calls do without.
  @exclusivity(unchecked) var extras: CallExtras?
  /// That the handler waits in.
  @exclusivity(unchecked) package var task: Task<Void, Never>?
  @exclusivity(unchecked) private var cancelActions: [() -> Void] = []
  /// Made by the handler for its own answer.
  @exclusivity(unchecked) private var children: [OngoingCall] = []

  init(
    _ head: borrowing RequestHeader, budgetMicroseconds: Int64, method: MethodTable.Entry?,
    body: Range<Int>, from origin: any CallOrigin, on loop: EventLoop, interceptors: [Interceptor]
  ) {
    self.loop = loop
    self.interceptors = interceptors
    received = loop.turnStart
    started = received
    ended = received
    deadline = received.adding(microseconds: budgetMicroseconds)
    trace = head.trace
    attempt = head.attempt
    priority = head.priority
    id = head.call
    self.method = method
    self.body = body
    self.origin = origin
  }

  /// Makes a context that nobody holds that of another call.
  func reuse(
    _ head: borrowing RequestHeader, budgetMicroseconds: Int64, method: MethodTable.Entry?,
    body: Range<Int>, from origin: any CallOrigin
  ) {
    received = loop.turnStart
    started = received
    ended = received
    deadline = received.adding(microseconds: budgetMicroseconds)
    trace = head.trace
    attempt = head.attempt
    priority = head.priority
    isCancelled = false
    id = head.call
    // Mostly it is the same one, and a comparison costs less than counting references.
    if self.method !== method { self.method = method }
    self.body = body
    self.origin = origin
    isWaiting = true
    hasBegun = false
    extras = nil
  }

  /// Runs `action` when the caller has left, at once if it already has.
  package func onCancel(_ action: @escaping () -> Void) {
    if isCancelled { action() } else { cancelActions.append(action) }
  }

  /// As `onCancel`, for a call that the handler has made.
  func cancelsToo(_ child: OngoingCall) { children.append(child) }

  func forgetBody() {
    heldBody = []
    heldBytes = nil
  }

  func begin(_ now: Instant) {
    started = now
    hasBegun = true
  }

  func cancel() {
    guard !isCancelled else { return }
    isCancelled = true
    if let task {
      task.cancel()
      self.task = nil
    }
    let (actions, children) = (cancelActions, self.children)
    forgetCancelling()
    for action in actions { action() }
    for child in children { child.cancel() }
  }

  /// Nobody waits for an answer any more.
  func leaveOrigin() {
    isWaiting = false
    expiry = nil
  }

  /// The caller has left without an answer.
  func endAbandoned() {
    guard interceptorsBegun > 0 else { return }
    ended = .now()
    interceptEnd(ended < deadline ? .cancelled : .deadlineExceeded)
  }

  /// The caller has its answer, and can no longer leave.
  func forgetCancelling() {
    if task != nil { task = nil }
    if !cancelActions.isEmpty { cancelActions = [] }
    while var child = children.popLast() {
      if !child.isEnded {
        child.orphaned()
      } else if isKnownUniquelyReferenced(&child) {
        child.replicas.keep(child)
      }
    }
  }

  /// The handler's answer, which is needed for the time of this call only; dropped when nobody
  /// waits.
  package func succeed(_ message: UnsafePointer<ProtobufCMessage>) {
    answer(.message(message))
  }

  package func fail(_ error: RPCError) { answer(.failure(error)) }

  private func answer(_ answer: Answer) {
    guard isWaiting else { return }
    ended = .now()
    if interceptorsBegun > 0 { interceptAnswer(answer) }
    origin.answer(self, answer)
  }

  /// Its timer is there, or will be once its handler waits; comes at `deadline`.
  var hasTimer: Bool { hasBegun && isWaiting }

  /// The caller's time is over while the handler waits.
  func timerCame() {
    for child in children { child.wake() }
    cancel()
    fail(RPCError(.deadlineExceeded, "the handler did not answer in time"))
  }
}

/// How a call was answered, on the way to its origin.
package enum Answer {
  /// Of the method's response type; gone after the call that it is given in.
  case message(UnsafePointer<ProtobufCMessage>)
  case failure(RPCError)
}

extension Answer {
  /// The message, or the failure thrown.
  package var message: UnsafePointer<ProtobufCMessage> {
    get throws(RPCError) {
      switch self {
      case .failure(let error): throw error
      case .message(let message): return message
      }
    }
  }
}
