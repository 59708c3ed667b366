internal import Synchronization
internal import Telemetry

/// A client with a loop of its own, for programs that are no server: tools, tests, other people's
/// code. Safe to use from any task.
package final class Client: Sendable {
  private let loop: EventLoop
  private let replicas: ReplicaSet
  private let isShutDown = Mutex(false)

  /// Connects in the background; calls wait for the first connection within their deadline.
  package init(
    _ service: String, at source: ReplicaSource, identity: Identity, limits: Limits = Limits(),
    routing: RoutingSettings = RoutingSettings(), interceptors: [Interceptor] = []
  ) async throws(SystemError) {
    let loop = try EventLoop(name: "client")
    loop.start()
    self.loop = loop
    replicas = await withUnsafeContinuation { continuation in
      loop.post {
        continuation.resume(
          returning: ReplicaSet(
            service, at: source, on: loop, identity: identity, limits: limits, routing: routing,
            interceptors: interceptors))
      }
    }
  }

  deinit { shutDown() }

  /// A task that is cancelled gives its call up.
  package func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions
  ) async -> CallOutcome<Response> {
    let leaver = Leaver()
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        start(method, request, options, leaver) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      loop.post { leaver.leave() }
    }
  }

  /// As `call`, for callers that keep no task waiting; `ended` runs on the client's loop, or at once
  /// when the client is shut down.
  package func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    ended: @escaping @Sendable (CallOutcome<Response>) -> Void
  ) {
    start(method, request, options, Leaver(), ended: ended)
  }

  private func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    _ leaver: Leaver, ended: @escaping @Sendable (CallOutcome<Response>) -> Void
  ) {
    // Posted under the lock: what comes before the loop's end is answered there.
    let posted = isShutDown.withLock { isShutDown in
      guard !isShutDown else { return false }
      loop.post { [replicas] in
        let call = replicas.start(method, request, options)
        call.whenEnded(ended)
        leaver.holds { call.cancel() }
      }
      return true
    }
    guard !posted else { return }
    let now = Instant.now()
    ended(
      CallOutcome(
        result: .failure(.notStarted("the client of \(replicas.service) is shut down")),
        report: CallReport(method: method.name, start: now, end: now)))
  }

  /// Calls that run are lost. Waits for the loop to end; again, it does nothing.
  package func shutDown() {
    let first = isShutDown.withLock { isShutDown in
      defer { isShutDown = true }
      return !isShutDown
    }
    guard first else { return }
    loop.post { [replicas] in replicas.shutDown() }
    loop.stop()
    loop.join()
  }
}

/// Brings a cancellation to a call that may not have been begun. Confined to the client's loop.
private final class Leaver: @unchecked Sendable {
  private var hasLeft = false
  private var cancel: (() -> Void)?

  func holds(_ cancel: @escaping () -> Void) {
    if hasLeft { cancel() } else { self.cancel = cancel }
  }

  func leave() {
    hasLeft = true
    cancel?()
    cancel = nil
  }
}
