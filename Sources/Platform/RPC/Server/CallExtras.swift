internal import Telemetry

/// What most calls do without: metadata, compression that differs from the method's.
final class CallExtras {
  fileprivate(set) var metadata: [Metadata] = []
  fileprivate(set) var answerMetadata: [Metadata] = []
  fileprivate(set) var isCompressed = false
  fileprivate(set) var compressesAnswer: Bool?
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
  func intercept() -> Bool {
    guard !interceptors.isEmpty else { return true }
    var call = intercepted
    var begun = 0
    var refusal: RPCError?
    do throws(RPCError) {
      try interceptors.begin(&call, counting: &begun)
    } catch {
      refusal = error
    }
    interceptorsBegun = begun
    trace = call.trace
    // Nothing is made for what most calls do without.
    if extras != nil || !call.requestMetadata.isEmpty {
      makeExtras().metadata = call.requestMetadata
    }
    guard let refusal else { return true }
    fail(refusal)
    return false
  }

  private var intercepted: InterceptedCall {
    // A call that no handler began has spent its time in the queue.
    let queueEnd = hasBegun ? started : ended
    return InterceptedCall(
      side: .server, method: method?.description.name ?? MethodTable.unknownMethod,
      deadline: deadline, trace: trace, requestMetadata: metadata, answerMetadata: answerMetadata,
      queueNanoseconds: queueEnd.nanoseconds(since: received),
      nanoseconds: ended.nanoseconds(since: queueEnd))
  }

  func interceptAnswer(_ answer: Answer) {
    var call = intercepted
    if case .failure(let error) = answer { call.code = error.code }
    interceptors.tell(.answers, &call, begun: interceptorsBegun)
    if extras != nil || !call.answerMetadata.isEmpty {
      makeExtras().answerMetadata = call.answerMetadata
    }
  }

  func interceptEnd(_ code: Code) {
    guard interceptorsBegun > 0 else { return }
    var call = intercepted
    call.code = code
    interceptors.tell(.ends, &call, begun: interceptorsBegun)
    interceptorsBegun = 0
  }
}
