package import RPC
internal import Telemetry
internal import TestSupport

/// A client of one server, for as long as the object lives.
package final class TestCaller: Sendable {
  /// More than any machine needs for a call, so that only a hang ends it.
  package static let patienceMilliseconds: Int64 = Patience.milliseconds

  private let client: Client

  package init(_ address: Address) async throws {
    client = try await Client(
      "tested", at: .list([address]), identity: Identity(replica: "test", software: "test"))
  }

  deinit { client.shutDown() }

  package func outcome<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request,
    milliseconds: Int64 = TestCaller.patienceMilliseconds
  ) async -> CallOutcome<Response> {
    let options = CallOptions(deadline: .now().adding(milliseconds: milliseconds))
    return await client.call(method, request, options)
  }

  package func answer<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request,
    milliseconds: Int64 = TestCaller.patienceMilliseconds
  ) async throws -> Response {
    try await outcome(method, request, milliseconds: milliseconds).result.get()
  }

  /// What the call failed with; nil when it did not.
  package func failure<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) async -> RPCError? {
    switch await outcome(method, request).result {
    case .success: nil
    case .failure(let error): error
    }
  }
}
