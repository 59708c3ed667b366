internal import Glibc
import Telemetry
import Testing

@testable import RPC

/// Calls that end without an answer are told of like those that have one.
@Suite struct AbandonedCallTests {
  private static let wait = Method<DescribeRequest, DescribeRequest>("test.Left/Wait", .pure)

  /// Of calls that need no connection.
  private final class Origin: CallOrigin, @unchecked Sendable {
    var answers = 0
    func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void) {
      use(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    func holdBody(of call: CallContext) -> Int { 0 }
    func answer(_ call: CallContext, _ answer: Answer) { answers += 1 }
  }

  /// A server's loop that is used on its own, with one call. Confined to the loop.
  private final class Stage: @unchecked Sendable {
    let loop: EventLoop
    private let origin = Origin()
    private let microseconds: UInt32
    private let done: UnsafeContinuation<Void, Never>
    private var server: ServerLoop?
    private var call: CallContext?
    private(set) var ended: InterceptedCall?
    private(set) var abandoned: [String] = []

    init(
      _ loop: EventLoop, leavingAfter microseconds: UInt32, _ done: UnsafeContinuation<Void, Never>
    ) {
      self.loop = loop
      self.microseconds = microseconds
      self.done = done
    }

    /// - Parameter begun: leaves once the handler runs; else before.
    func play(budgetMicroseconds: UInt64, begun: Bool) {
      let noting: Interceptor = { [self] phase, call throws(RPCError) in
        if phase == .ends { ended = call }
      }
      let server = ServerLoop(
        loop, identity: Identity(replica: "left", software: "RPCTests"), limits: Limits(),
        interceptors: [noting], onClosed: { _ in }, onAdmission: { _ in })
      var table = MethodTable()
      table.onAbandoned = { [self] _, method in abandoned.append(method) }
      table.answer(
        AbandonedCallTests.wait,
        waiting: { [self] (request, call) async throws(RPCError) in
          if begun { loop.post { [self] in leave() } }
          await withUnsafeContinuation { waited in call.onCancel { waited.resume() } }
          return request
        })
      server.start(table)
      let call = server.makeCall(
        1, server.method(named: AbandonedCallTests.wait.name)!, from: origin,
        budgetMicroseconds: budgetMicroseconds, trace: TraceContext())
      (self.server, self.call) = (server, call)
      server.submit(call)
      if !begun { leave() }
    }

    private func leave() {
      usleep(microseconds)
      if let call { server?.abandon(call) }
      done.resume()
    }
  }

  private func stage(
    budgetMicroseconds: UInt64, leavingAfter microseconds: UInt32, begun: Bool
  ) async throws -> (ended: InterceptedCall, abandoned: [String]) {
    let loop = try EventLoop(name: "left")
    loop.start()
    let played = Guarded<Stage?>(nil)
    await withUnsafeContinuation { continuation in
      let stage = Stage(loop, leavingAfter: microseconds, continuation)
      played.withLock { $0 = stage }
      loop.post { stage.play(budgetMicroseconds: budgetMicroseconds, begun: begun) }
    }
    loop.stop()
    loop.join()
    let stage = try #require(played.withLock { $0 })
    return (try #require(stage.ended), stage.abandoned)
  }

  @Test func `a call whose caller left while its handler ran was cancelled`() async throws {
    let told = try await stage(budgetMicroseconds: 60_000_000, leavingAfter: 3_000, begun: true)
    let ended = told.ended
    #expect(ended.method == Self.wait.name && ended.code == .cancelled)
    #expect(ended.nanoseconds >= 3_000_000 && ended.queueNanoseconds >= 0)
    #expect(told.abandoned.isEmpty)
  }

  @Test func `a call whose caller left before its handler began has waited in the queue`()
    async throws
  {
    let told = try await stage(budgetMicroseconds: 60_000_000, leavingAfter: 3_000, begun: false)
    let ended = told.ended
    #expect(ended.code == .cancelled && ended.nanoseconds == 0)
    #expect(ended.queueNanoseconds >= 3_000_000)
    #expect(told.abandoned == [Self.wait.name])
  }

  @Test func `when its time was over it failed for that`() async throws {
    let told = try await stage(budgetMicroseconds: 1_000, leavingAfter: 3_000, begun: false)
    #expect(told.ended.code == .deadlineExceeded)
    #expect(told.abandoned == [Self.wait.name])
  }
}
