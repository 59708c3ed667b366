import RPC
import Telemetry

/// A server on a loop of its own, with methods that behave in the ways that matter to a connection.
final class TestServer: Sendable {
  static let echo = Method<DescribeRequest, DescribeRequest>("test.Echo/Say", .pure)
  /// Answers as many bytes as the name says.
  static let blow = Method<DescribeRequest, DescribeRequest>("test.Echo/Blow", .pure)
  /// Answers when the caller has left.
  static let wait = Method<DescribeRequest, DescribeRequest>("test.Echo/Wait", .pure)
  /// Fails, and says what it was asked, a thousand times.
  static let fail = Method<DescribeRequest, DescribeRequest>("test.Echo/Fail", .pure)

  let address: Address
  let server: Server
  private let loop: EventLoop

  init(
    _ limits: Limits = Limits(), token: String = "", at asked: String = "127.0.0.1:0",
    interceptors: [Interceptor] = [], advertiser: Advertiser = Advertiser(),
    onRefused: (@Sendable (CallContext, String, RPCError) -> Void)? = nil
  ) throws {
    let loop = try EventLoop(name: "test")
    self.loop = loop
    let identity = Identity(replica: "test", software: "RPCTests", token: token)
    server = Server(
      loops: [loop], identity: identity, limits: limits, interceptors: interceptors,
      advertiser: advertiser
    ) { _ in
      var table = Self.methods
      table.onRefused = onRefused
      return table
    }
    address = try server.listen(at: Address(asked)!)
    server.setServing(true)
    loop.start()
  }

  deinit {
    loop.stop()
    loop.join()
  }

  private static var methods: MethodTable {
    var table = MethodTable()
    table.answer(echo) { request, _ in request }
    table.answer(blow) { request, _ in
      var response = DescribeRequest()
      response.name = String(repeating: "x", count: Int(request.name) ?? 0)
      return response
    }
    table.answer(fail) { (request, _) throws(RPCError) in
      throw RPCError(.dataLoss, String(repeating: request.name, count: 1_000))
    }
    table.answer(wait) { (request, call) async throws(RPCError) in
      await withUnsafeContinuation { continuation in
        call.onCancel { continuation.resume() }
      }
      return request
    }
    return table
  }

  /// Lets others be served until `condition` holds.
  func eventually(_ what: String, _ condition: () throws -> Bool) throws {
    let bystander = try RawPeer(greeting: address)
    let patience = Instant.now().adding(milliseconds: Int64(RawPeer.patienceMilliseconds))
    while try !condition() {
      guard try bystander.health() == .serving, Instant.now() < patience else {
        throw WaitedInVain(description: "waited in vain until \(what)")
      }
    }
  }

  func named(_ name: String) -> DescribeRequest {
    var request = DescribeRequest()
    request.name = name
    return request
  }
}
