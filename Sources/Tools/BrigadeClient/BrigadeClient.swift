internal import Messages
internal import RPC
internal import Telemetry

/// A client of a Brigade cluster: asks for rankings and tells what people did.
///
///     let client = try await BrigadeClient(gateways: ["10.0.0.1:7000", "10.0.0.2:7000"])
///     let ranking = try await client.rank(
///       BrigadeQuestion(userID: "u1", latitude: 37.7599, longitude: -122.4148))
///     for item in ranking.items { print(item.name, item.score) }
///
/// One client holds a connection to each gateway and serves any number of tasks; make one and keep
/// it. A gateway that fails is left for another within the call's time, under the same request id.
public final class BrigadeClient: Sendable {
  private let client: Client

  /// - Parameters:
  ///   - gateways: `host:port` or `unix:/path` each. They are connected to in the background; the
  ///     first call waits for a connection within its own time.
  ///   - name: what the gateways' logs call this client.
  ///   - token: the cluster's token, where it has one; a gateway refuses whoever has another.
  /// - Throws: `INVALID_ARGUMENT` for an address that is none, `UNAVAILABLE` when the system gives no
  ///   thread or descriptor.
  public init(gateways: [String], name: String = "client", token: String = "")
    async throws(BrigadeFailure)
  {
    var addresses: [Address] = []
    for text in gateways {
      guard let address = Address(text) else {
        throw BrigadeFailure(
          .invalidArgument("gateways: \"\(text)\" is neither host:port nor unix:/path"))
      }
      addresses.append(address)
    }
    do throws(SystemError) {
      client = try await Client(
        "gateway", at: .list(addresses),
        identity: Identity(replica: name, software: "BrigadeClient", token: token))
    } catch {
      throw BrigadeFailure(RPCError(.unavailable, "\(error)"))
    }
  }

  /// What to show. An answer comes even when parts of the cluster are down: `isDegraded` tells.
  /// - Parameter timeoutMilliseconds: for the whole call, all attempts together.
  public func rank(
    _ question: BrigadeQuestion, timeoutMilliseconds: Int64 = 1_000
  ) async throws(BrigadeFailure) -> BrigadeRanking {
    BrigadeRanking(try await call(.rank, question.request, timeoutMilliseconds))
  }

  /// Tells what people did. On return the events are on disk. An event whose id was told before
  /// counts once, so that a call that failed may be made again as it was.
  /// - Parameter events: 1 to 1,000; all of them are taken, or none.
  public func append(
    _ events: [BrigadeEvent], timeoutMilliseconds: Int64 = 5_000
  ) async throws(BrigadeFailure) -> BrigadeReceipt {
    var request = AppendRequest()
    request.events = events.map(\.message)
    return BrigadeReceipt(try await call(.append, request, timeoutMilliseconds))
  }

  /// Closes the connections and waits for that; calls that run are lost. Also done when the last
  /// reference goes.
  public func close() { client.shutDown() }

  private func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, _ milliseconds: Int64
  ) async throws(BrigadeFailure) -> Response {
    let deadline = Instant.now().adding(milliseconds: min(max(milliseconds, 1), 3_600_000))
    let end = await client.call(method, request, CallOptions(deadline: deadline))
    switch end.result {
    case .success(let response): return response
    case .failure(let error): throw BrigadeFailure(error)
    }
  }
}
