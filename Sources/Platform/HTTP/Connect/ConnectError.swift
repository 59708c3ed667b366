internal import JSON
package import RPC

/// Connect's names and statuses of the codes, from its specification.
extension Code {
  /// `deadline_exceeded`; cancelled is the one that is spelt otherwise than gRPC's.
  package var connectName: String { self == .cancelled ? "canceled" : name.lowercased() }

  package var httpStatus: Int {
    switch self {
    case .ok: 200
    case .cancelled: 499
    case .invalidArgument, .failedPrecondition, .outOfRange: 400
    case .unauthenticated: 401
    case .permissionDenied: 403
    case .notFound: 404
    case .alreadyExists, .aborted: 409
    case .resourceExhausted: 429
    case .unknown, .internal, .dataLoss: 500
    case .unimplemented: 501
    case .unavailable: 503
    case .deadlineExceeded: 504
    }
  }
}

extension HTTPResponse {
  /// An error as Connect's unary form has it: JSON, whatever the request came in.
  /// - Parameter status: where the code's own would not do.
  package init(
    _ error: RPCError, status: Int? = nil, headers: [(String, String)] = []
  ) {
    var json = JSONWriter()
    json.object { writer in
      writer.member("code", error.code.connectName)
      if !error.message.isEmpty {
        // Messages name what they were sent, which may be long.
        writer.member("message", error.message.cut(toBytes: ServerLoop.messageBytesMax))
      }
    }
    self.init(
      status ?? error.code.httpStatus,
      headers: [("Content-Type", "application/json")] + headers, body: json.bytes)
  }

  /// What HTTP has a status for and Connect a code.
  package init(_ refusal: HTTPRefusal) {
    let code: Code =
      switch refusal.status.code {
      case 408: .deadlineExceeded
      case 413, 414, 431: .resourceExhausted
      case 501, 505: .unimplemented
      default: .invalidArgument
      }
    self.init(RPCError(code, refusal.reason), status: refusal.status.code)
  }
}
