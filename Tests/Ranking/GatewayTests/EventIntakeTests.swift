import Messages
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Gateway

@Suite struct EventIntakeTests {
  private static let noWriter: FakeAnswers.Answer<AppendRequest, AppendResponse> = {
    (_, _) async throws(RPCError) in
    throw RPCError(.unavailable, "not the writer", advice: .notStarted)
  }

  @Test func `events go to the writer, and its answer comes back`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    let response = try await gateway.caller.answer(.append, Samples.append("a", "b"))
    #expect(response.position == 7)
    #expect(response.appended == 2)
    #expect(!response.spooled)
    #expect(gateway.services.appends.map { $0.map(\.id) } == [["a", "b"]])
    #expect(try gateway.spooled.isEmpty)
  }

  @Test func `a bad event is refused with its field, and the writer is not asked`() async throws {
    let gateway = try await RunningGateway(spooling: true)
    var request = Samples.append("a", "b")
    request.events[1].itemID = ""
    let error = await gateway.caller.failure(.append, request)
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "events[1].item_id: required of this kind")
    #expect(gateway.services.count(Method.append.name) == 0)
  }

  @Test func `without a writer events are on this gateway's disk before the answer`() async throws {
    let gateway = try await RunningGateway(spooling: true) { $0.append = Self.noWriter }
    let response = try await gateway.caller.answer(.append, Samples.append("a", "b"))
    #expect(response.spooled)
    #expect(response.position == 0)
    #expect(try gateway.spooled.map { $0.events.map(\.id) } == [["a", "b"]])
  }

  @Test func `they get to the writer when there is one again`() async throws {
    let gateway = try await RunningGateway(spooling: true) { $0.append = Self.noWriter }
    _ = try await gateway.caller.answer(.append, Samples.append("a"))
    gateway.services.change { $0.append = { request, _ in FakeAnswers.appended(request) } }
    for _ in 0..<4_000 where gateway.services.appends.isEmpty {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(gateway.services.appends.map { $0.map(\.id) } == [["a"]])
  }

  @Test func `a writer that does not answer leaves time for the spool`() async throws {
    let gateway = try await RunningGateway(spooling: true) {
      $0.append = { request, _ in
        await FakeAnswers.never()
        return FakeAnswers.appended(request)
      }
    }
    let response = try await gateway.caller.answer(
      .append, Samples.append("a"), milliseconds: 5_000)
    #expect(response.spooled)
  }

  @Test func `without a spool the writer's error is the answer`() async throws {
    let gateway = try await RunningGateway { $0.append = Self.noWriter }
    let error = await gateway.caller.failure(.append, Samples.append("a"))
    #expect(error?.code == .unavailable)
    #expect(error?.message == "not the writer")
  }

  @Test func `other errors of the writer are not spooled away`() async throws {
    let gateway = try await RunningGateway(spooling: true) {
      $0.append = { (_, _) async throws(RPCError) in throw RPCError(.resourceExhausted, "busy") }
    }
    #expect(await gateway.caller.failure(.append, Samples.append("a"))?.message == "busy")
    #expect(try gateway.spooled.isEmpty)
  }

  @Test(
    arguments: [
      (10_000, 2_000), (1_000, 750), (160, 110), (80, 40), (0, 0), (-5, 0),
    ] as [(Int64, Int64)])
  func `the writer has most of a call's time, and two seconds at most`(
    left: Int64, given: Int64
  ) {
    let now = Instant(nanoseconds: 1_000_000_000)
    let deadline = EventIntake.writerDeadline(
      now, now.adding(milliseconds: left), isSpooled: true)
    #expect(deadline.nanoseconds(since: now) == given * 1_000_000)
    let unspooled = now.adding(milliseconds: left)
    #expect(EventIntake.writerDeadline(now, unspooled, isSpooled: false) == unspooled)
  }
}
