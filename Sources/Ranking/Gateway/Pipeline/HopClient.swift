internal import Node
internal import RPC

/// One of the services that the pipeline asks, and the record of what became of each call.
struct HopClient {
  let replicas: ReplicaSet
  private let recorder: ClientCallRecorder

  init(_ replicas: ReplicaSet, _ recorder: ClientCallRecorder) {
    self.replicas = replicas
    self.recorder = recorder
  }

  /// Whoever starts a call says how it ended, or leaves it.
  func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ options: consuming CallOptions,
    for caller: CallContext
  ) -> Call<Request, Response> {
    replicas.start(method, request, options, for: caller)
  }

  func ended<Response>(_ end: CallOutcome<Response>) { recorder.ended(end.report, end.code) }

  /// Nobody needs the answer any more.
  func leave<Request, Response>(_ call: Call<Request, Response>) {
    call.cancel()
    recorder.ended(call.report, call.failure?.code ?? .ok)
  }

  func failure(_ error: RPCError, _ report: CallReport) -> HopFailure {
    .call(error, report, isAnybodyReady: replicas.readyCount > 0)
  }

  /// - Parameter problem: of an answer that did come.
  func failure<Response>(_ end: CallOutcome<Response>, else problem: String) -> HopFailure {
    switch end.result {
    case .failure(let error): failure(error, end.report)
    case .success: .badAnswer(problem, end.report)
    }
  }
}
