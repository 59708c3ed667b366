import RPC
import Testing

@Suite struct CodeTests {
  @Test func `codes have gRPC's names and numbers`() {
    let names = [
      "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
      "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
      "UNAUTHENTICATED",
    ]
    #expect(Code.allCases.map(\.name) == names)
    #expect(Code.allCases.map(\.rawValue) == Array(0...16))
  }

  @Test func `an error says its code, and what it means for trying again`() {
    let error = RPCError(.dataLoss, "the log ends early")
    #expect("\(error)" == "DATA_LOSS: the log ends early" && error.advice == .mayHaveRun)
    #expect(RPCError.invalidArgument("count").advice == .never)
    #expect(RPCError.notStarted("full") == RPCError(.unavailable, "full", advice: .notStarted))
  }
}
