internal import CBench
internal import Glibc
internal import RPC

/// How an echo server is asked: the size of a request, and how many are under way.
struct EchoLoad: Hashable, Sendable {
  let payloadBytes: Int
  let connections: Int
  /// In total, a multiple of `connections`.
  let inFlight: Int

  /// A number that takes two bytes, as those of a connection in use do.
  private static let firstCall: UInt64 = 1_000
  private static let frameBytesMax = 16 << 20

  var callsPerConnection: Int { inFlight / connections }

  /// One request for each call on a connection, all of a length.
  var requests: [UInt8] {
    var bytes: [UInt8] = []
    for slot in 0..<callsPerConnection {
      var head = RequestHead()
      head.call = Self.firstCall + UInt64(slot)
      head.method = EchoServer.method.name
      head.budgetMicroseconds = 10_000_000
      head.traceID = (1...16).map { UInt8($0) }
      head.parentSpanID = 0x0123_4567_89AB_CDEF
      head.traceFlags = 1
      head.attempt = 1
      bytes += frame(.request, head.encoded(), body)
    }
    return bytes
  }

  private var body: [UInt8] {
    var message = Metadata()
    message.value = (0..<payloadBytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    return message.encoded()
  }

  private static var hello: [UInt8] {
    var hello = Hello()
    hello.version = ConnectionState.version
    hello.replica = "bench"
    hello.frameBytesMax = UInt32(frameBytesMax)
    hello.callsInFlightMax = 1_024
    hello.kinds = FrameKind.allCases.map { UInt32($0.rawValue) }
    hello.software = "brigade bench"
    return hello.encoded()
  }

  private func frame(_ kind: FrameKind, _ head: [UInt8], _ body: [UInt8]) -> [UInt8] {
    let length = UInt32(FrameHeader.bytesAfterLength + head.count + body.count)
    let sizes = withUnsafeBytes(of: length.bigEndian) { Array($0) }
    let headBytes = withUnsafeBytes(of: UInt16(head.count).bigEndian) { Array($0) }
    return sizes + [kind.rawValue, 0] + headBytes + head + body
  }

  /// Connects; the load begins with the client's first run.
  /// - Parameter isAnswered: with the request's own body; without one otherwise.
  func open(_ port: UInt16, isAnswered: Bool) throws(CommandFailure) -> EchoClient {
    let hello = frame(.hello, Self.hello, [])
    let requests = requests
    let client = hello.withUnsafeBufferPointer { hello in
      requests.withUnsafeBufferPointer { requests in
        var load = bench_load(
          port: port, connections: Int32(connections), calls: Int32(callsPerConnection),
          hello: hello.baseAddress, hello_bytes: hello.count, requests: requests.baseAddress,
          request_bytes: requests.count / callsPerConnection, first_call: Self.firstCall,
          body_bytes: isAnswered ? body.count : 0)
        return bench_client_open(&load)
      }
    }
    guard let client else { throw CommandFailure("\(SystemError("connect"))") }
    return EchoClient(client)
  }
}

/// The connections of one load to one server.
final class EchoClient {
  private let client: OpaquePointer

  fileprivate init(_ client: OpaquePointer) { self.client = client }

  deinit { bench_client_close(client) }

  /// Blocks for so long, and until the last answer is there.
  func run(milliseconds: Int) throws(CommandFailure) -> bench_tally {
    var tally = bench_tally()
    guard bench_client_run(client, Int64(milliseconds) * 1_000_000, &tally) == 0 else {
      throw CommandFailure("\(SystemError("a call of the benchmark"))")
    }
    guard tally.failed == 0 else {
      throw CommandFailure("\(tally.failed) of \(tally.answered) calls of the benchmark failed")
    }
    return tally
  }
}
