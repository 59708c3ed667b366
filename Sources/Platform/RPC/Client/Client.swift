internal import Telemetry

/// A client with a loop of its own, for programs that are no server: tools, tests, other people's
/// code. Safe to use from any task.
package final class Client: Sendable {
  private let loop: EventLoop
  private let replicas: ReplicaSet

  /// Connects in the background; calls wait for the first connection within their deadline.
  package init(
    _ service: String, at source: ReplicaSource, identity: Identity, limits: Limits = Limits(),
    policy: RetryPolicy = RetryPolicy()
  ) async throws(SystemError) {
    let loop = try EventLoop(name: "client")
    loop.start()
    self.loop = loop
    replicas = await withUnsafeContinuation { continuation in
      loop.post {
        continuation.resume(
          returning: ReplicaSet(
            service, at: source, on: loop, identity: identity, limits: limits, policy: policy))
      }
    }
  }

  package func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions
  ) async -> CallOutcome<Response> {
    await withUnsafeContinuation { continuation in
      loop.post { [replicas] in
        replicas.start(method, request, options).whenEnded { continuation.resume(returning: $0) }
      }
    }
  }

  /// As `call`, for callers that keep no task waiting; `ended` runs on the client's loop.
  package func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: CallOptions,
    ended: @escaping @Sendable (CallOutcome<Response>) -> Void
  ) {
    loop.post { [replicas] in
      replicas.start(method, request, options).whenEnded(ended)
    }
  }

  /// Calls that run are lost.
  package func shutDown() {
    loop.post { [replicas] in replicas.shutDown() }
    loop.stop()
    loop.join()
  }
}
