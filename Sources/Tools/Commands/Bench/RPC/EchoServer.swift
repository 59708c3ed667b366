internal import CBench
internal import CMessages
internal import Glibc
internal import Node
internal import RPC
internal import Telemetry

/// What one of the benchmark's processes serves: the way in which an echo is answered.
enum EchoServer: Equatable {
  /// Nothing but epoll, in C.
  case floor
  /// A handler that answers at once, from where the request was unpacked.
  case sync
  /// The same, where each call is counted and timed as a service's are.
  case counted
  /// One that answers at once, with messages as Swift values.
  case values
  /// One that could wait, and does not.
  case async
  /// None: every call is refused, as by a server that has too many.
  case refused
  /// One that asks two other servers and waits for both.
  case fanout([UInt16])

  /// `rpc:sync`, `rpc:fanout:4711,4712`: the operand with which the program starts itself again.
  init?(operand: String) {
    let parts = operand.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "rpc" else { return nil }
    switch (parts[1], parts.count) {
    case ("floor", 2): self = .floor
    case ("sync", 2): self = .sync
    case ("sync-counted", 2): self = .counted
    case ("sync-values", 2): self = .values
    case ("async", 2): self = .async
    case ("refused", 2): self = .refused
    case ("fanout", 3):
      let ports = parts[2].split(separator: ",").compactMap { UInt16($0) }
      guard ports.count == 2 else { return nil }
      self = .fanout(ports)
    default: return nil
    }
  }

  var operand: String {
    if case .fanout(let ports) = self {
      return "rpc:fanout:" + ports.map(String.init).joined(separator: ",")
    }
    return "rpc:\(name)"
  }

  /// As rows show it.
  var name: String {
    switch self {
    case .floor: "floor"
    case .sync: "sync"
    case .counted: "sync-counted"
    case .values: "sync-values"
    case .async: "async"
    case .refused: "refused"
    case .fanout: "fanout"
    }
  }

  /// The message has a field of bytes, and little else.
  static let method = Method<Metadata, Metadata>("brigade.v1.Bench/Echo", .pure)

  // MARK: In the started process

  /// Serves until stdin ends: writes its port to it, then the marks that are asked for.
  func run() throws(CommandFailure) {
    do throws(SystemError) {
      let any = Address.tcp(host: "127.0.0.1", port: 0)
      guard self != .floor else {
        let listener = try Socket.listening(at: any)
        Self.report(listener.bound(any))
        guard bench_serve_floor(listener.descriptor, STDIN_FILENO) == 0 else {
          throw SystemError("epoll")
        }
        return
      }
      let loop = try EventLoop(name: "echo")
      let server = Server(
        loops: [loop], identity: Identity(replica: "echo", software: "brigade bench"),
        limits: limits,
        interceptors: self == .counted ? [CallMetrics(MetricsRegistry()).interceptor] : []
      ) { methods(on: $0) }
      let bound = try server.listen(at: any)
      let marks = MarksSource()
      loop.post { _ = try? loop.register(STDIN_FILENO, .readable, marks) }
      loop.start()
      Self.report(bound)
      loop.join()
    } catch {
      throw CommandFailure("\(error)")
    }
  }

  private var limits: Limits {
    var limits = Limits()
    if self == .refused { limits.callsRunningMax = 0 }
    return limits
  }

  private static func report(_ address: Address) {
    guard case .tcp(_, let port) = address else { return }
    let line = Array("\(port)\n".utf8)
    _ = write(STDIN_FILENO, line, line.count)
  }

  private func methods(on loop: EventLoop) -> MethodTable {
    var table = MethodTable()
    switch self {
    case .floor: break
    case .sync, .counted:
      table.answer(
        Self.method,
        inPlace: { request, response, _ in
          response.value = request.value
        })
    case .values, .refused: table.answer(Self.method) { request, _ in request }
    case .async:
      table.answer(Self.method) { (request, _) async throws(RPCError) in request }
    case .fanout(let ports):
      let services = ports.map { port in
        ReplicaSet(
          "echo", at: .list([.tcp(host: "127.0.0.1", port: port)]), on: loop,
          identity: Identity(replica: "fanout", software: "brigade bench"))
      }
      table.answer(Self.method) { (request, call) async throws(RPCError) in
        let options = CallOptions(deadline: call.deadline, trace: call.trace)
        let first = services[0].start(Self.method, request, options, for: call)
        let second = services[1].start(Self.method, request, options, for: call)
        _ = try await first.response()
        return try await second.response()
      }
    }
    return table
  }
}

/// Answers each byte with the serving thread's marks, and ends the process with its input.
private final class MarksSource: EventSource, @unchecked Sendable {
  func ready(_ events: EventLoop.Events) {
    var byte: UInt8 = 0
    guard read(STDIN_FILENO, &byte, 1) == 1 else { exit(ExitStatus.done) }
    bench_write_marks(STDIN_FILENO)
  }

  func loopEnded() {}
}
