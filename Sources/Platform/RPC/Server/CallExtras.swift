internal import Telemetry

/// What most calls do without: metadata, compression that differs from the method's, interceptors.
final class CallExtras {
  fileprivate(set) var metadata: [Metadata] = []
  fileprivate(set) var answerMetadata: [Metadata] = []
  fileprivate(set) var isCompressed = false
  fileprivate(set) var compressesAnswer: Bool?
  /// That have seen the call begin, and not yet end.
  fileprivate var interceptors: [Interceptor] = []
}

extension CallContext {
  private func makeExtras() -> CallExtras {
    if let extras { return extras }
    let made = CallExtras()
    extras = made
    return made
  }

  func received(_ metadata: [Metadata], isCompressed: Bool) {
    let extras = makeExtras()
    extras.metadata = metadata
    extras.isCompressed = isCompressed
  }

  /// The request's.
  package var metadata: [Metadata] { extras?.metadata ?? [] }

  /// Goes with the answer, of a failure too; at most `Limits.metadataBytesMax`.
  package var answerMetadata: [Metadata] {
    get { extras?.answerMetadata ?? [] }
    set { makeExtras().answerMetadata = newValue }
  }

  /// Whether the request came compressed.
  package var isCompressed: Bool { extras?.isCompressed ?? false }

  /// Whether the answer is to be, where the caller takes that; as its method says unless changed.
  package var compressesAnswer: Bool {
    get { extras?.compressesAnswer ?? method?.compresses ?? false }
    set { makeExtras().compressesAnswer = newValue }
  }

  // MARK: Interceptors

  /// - Returns: false when one has refused the call, which is answered then.
  func intercept(_ interceptors: [Interceptor]) -> Bool {
    guard !interceptors.isEmpty else { return true }
    var call = intercepted
    do throws(RPCError) {
      try interceptors.begin(&call)
    } catch {
      fail(error)
      return false
    }
    trace = call.trace
    let extras = makeExtras()
    extras.metadata = call.requestMetadata
    extras.interceptors = interceptors
    return true
  }

  private var intercepted: InterceptedCall {
    InterceptedCall(
      side: .server, method: method?.description.name ?? "", deadline: deadline, trace: trace,
      requestMetadata: metadata, queueNanoseconds: started.nanoseconds(since: received))
  }

  func interceptEnd(_ answer: Answer) {
    guard let extras, !extras.interceptors.isEmpty else { return }
    var call = intercepted
    if case .failure(let error) = answer { call.code = error.code }
    call.answerMetadata = extras.answerMetadata
    call.nanoseconds = ended.nanoseconds(since: started)
    extras.interceptors.end(&call)
    extras.answerMetadata = call.answerMetadata
    extras.interceptors = []
  }
}
