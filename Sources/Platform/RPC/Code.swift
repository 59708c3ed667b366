/// gRPC's status codes, with its numbers.
package enum Code: UInt32, Sendable, CaseIterable {
  case ok = 0
  case cancelled
  case unknown
  case invalidArgument
  case deadlineExceeded
  case notFound
  case alreadyExists
  case permissionDenied
  case resourceExhausted
  case failedPrecondition
  case aborted
  case outOfRange
  case unimplemented
  case `internal`
  case unavailable
  case dataLoss
  case unauthenticated

  /// As gRPC writes it: DEADLINE_EXCEEDED.
  package var name: String {
    var name = ""
    for character in "\(self)" {
      if character.isUppercase { name += "_" }
      name += character.uppercased()
    }
    return name
  }
}

/// How a call ended when it did not succeed.
package struct RPCError: Error, Equatable, Sendable, CustomStringConvertible {
  package var code: Code
  /// For people; says what and where.
  package var message: String
  /// What the failure tells about trying again.
  package var advice: RetryAdvice

  package init(_ code: Code, _ message: String, advice: RetryAdvice = .mayHaveRun) {
    self.code = code
    self.message = message
    self.advice = advice
  }

  package var description: String { "\(code.name): \(message)" }

  /// The request itself is bad; it would be anywhere.
  package static func invalidArgument(_ message: String) -> RPCError {
    RPCError(.invalidArgument, message, advice: .never)
  }
}
