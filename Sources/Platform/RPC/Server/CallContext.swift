package import Telemetry

/// One call in a server: what its handler may know, and the way to its answer. Confined to the
/// loop of its connection.
package final class CallContext: @unchecked Sendable {
  package let loop: EventLoop
  /// When its bytes had arrived.
  package let received: Instant
  /// The caller waits no longer than this.
  package let deadline: Instant
  package private(set) var trace: TraceContext
  /// 1 for the first.
  package let attempt: UInt32
  package let priority: UInt32
  package private(set) var started: Instant
  package private(set) var isCancelled = false
  /// The request's.
  package private(set) var metadata: [Metadata] = []
  /// Goes with the answer, of a failure too; at most `Limits.metadataBytesMax`.
  package var answerMetadata: [Metadata] = []
  /// Whether the request came compressed.
  package let isCompressed: Bool
  /// Whether the answer is to be, where the caller takes that; as its method says unless changed.
  package var compressesAnswer: Bool

  /// Unique among the calls of its origin.
  package let id: UInt64
  let method: MethodTable.Entry?
  /// Where its request stands in the connection's input; empty where the origin has it elsewhere.
  let body: Range<Int>
  private(set) weak var origin: (any CallOrigin)?
  private(set) var hasBegun = false
  var expiry: TimerQueue.ID?
  /// It counts among the calls that its loop's admission lets run.
  var isAdmitted = false
  /// Its request, when it has to wait longer than the connection keeps it.
  var heldBody: [UInt8]?
  private var cancelActions: [() -> Void] = []
  /// That have seen the call begin, and not yet end.
  private var interceptors: [Interceptor] = []

  init(
    _ head: RequestHeader, method: MethodTable.Entry?, body: Range<Int>,
    from origin: any CallOrigin, on loop: EventLoop, isCompressed: Bool = false
  ) {
    self.loop = loop
    received = loop.turnStart
    started = received
    deadline = received.adding(microseconds: head.budgetMicroseconds)
    trace = head.trace
    metadata = head.metadata
    self.isCompressed = isCompressed
    compressesAnswer = method?.compresses ?? false
    attempt = head.attempt
    priority = head.priority
    id = head.call
    self.method = method
    self.body = body
    self.origin = origin
  }

  /// Runs `action` when the caller has left, at once if it already has.
  package func onCancel(_ action: @escaping () -> Void) {
    if isCancelled { action() } else { cancelActions.append(action) }
  }

  func begin(_ now: Instant) {
    started = now
    hasBegun = true
  }

  func cancel() {
    guard !isCancelled else { return }
    isCancelled = true
    let actions = cancelActions
    cancelActions = []
    for action in actions { action() }
  }

  /// - Returns: false when one has refused the call, which is answered then.
  func intercept(_ interceptors: [Interceptor]) -> Bool {
    guard !interceptors.isEmpty else { return true }
    var call = intercepted
    do throws(RPCError) {
      try interceptors.begin(&call)
    } catch {
      finish(Result<HealthResponse, RPCError>.failure(error))
      return false
    }
    trace = call.trace
    metadata = call.requestMetadata
    self.interceptors = interceptors
    return true
  }

  private var intercepted: InterceptedCall {
    InterceptedCall(
      side: .server, method: method?.description.name ?? "", deadline: deadline, trace: trace,
      requestMetadata: metadata, queueNanoseconds: started.nanoseconds(since: received))
  }

  private func interceptEnd(_ code: Code) {
    guard !interceptors.isEmpty else { return }
    var call = intercepted
    call.code = code
    call.answerMetadata = answerMetadata
    call.nanoseconds = Instant.now().nanoseconds(since: started)
    interceptors.end(&call)
    answerMetadata = call.answerMetadata
    interceptors = []
  }

  package func finish<Response: Message>(_ result: Result<Response, RPCError>) {
    cancelActions = []
    if case .failure(let error) = result { interceptEnd(error.code) } else { interceptEnd(.ok) }
    origin?.answer(self, result)
  }
}
