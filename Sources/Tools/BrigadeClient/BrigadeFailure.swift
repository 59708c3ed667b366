internal import RPC

/// Why a call got no answer.
public struct BrigadeFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// gRPC's name of the status, such as `INVALID_ARGUMENT` or `UNAVAILABLE`.
  public let code: String
  /// For people: what, and where.
  public let message: String
  /// Whether the same call could succeed later. A bad request never does.
  public let isWorthRetrying: Bool

  init(_ error: RPCError) {
    code = error.code.name
    message = error.message
    isWorthRetrying = error.advice != .never && error.code != .invalidArgument
  }

  public var description: String { "\(code): \(message)" }
}
