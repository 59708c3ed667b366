@testable import RPC

/// What interceptors saw, in order.
final class CallJournal: Sendable {
  private let lines = Guarded<[String]>([])
  private let method: String

  /// Of one method's calls: others ask for a server's health meanwhile.
  init(of method: String) { self.method = method }

  var seen: [String] { lines.withLock { $0 } }

  /// - Parameter refusal: that it throws as a call begins.
  func interceptor(_ name: String, refusal: RPCError? = nil) -> Interceptor {
    { phase, call throws(RPCError) in
      guard call.method == self.method else { return }
      let code = phase == .begins ? "" : " \(call.code)"
      self.lines.withLock { $0.append("\(name) \(call.side) \(phase)\(code)") }
      if phase == .begins, let refusal { throw refusal }
    }
  }
}
