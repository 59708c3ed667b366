import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Events

struct LogFollowerTests {
  private let folder = TemporaryFolder()
  private let environment = ServiceEnvironment.ofTest(replica: "two")

  private func follower(
    of peers: [FakePeer], into copy: any LogCopy
  ) throws -> LogFollower {
    try LogFollower(.list(peers.map(\.address)), into: copy, in: environment)
  }

  private func metric(_ name: String) -> String? {
    environment.metrics.renderPrometheus().split(separator: "\n")
      .first { $0.hasPrefix("\(name) ") }.map { String($0.dropFirst(name.count + 1)) }
  }

  @Test func `events are taken in parts, each asked for with the mark that was reached`()
    async throws
  {
    let ids = (1...5).map { "e\($0)" }
    let writer = try FakePeer {
      $0.events = SmallLog.events(ids)
      $0.eventsMax = 2
    }
    let copy = FakeCopy()
    let follower = try follower(of: [writer], into: copy)
    #expect(await eventually { copy.now.ids.count == 5 && writer.polls.last?.after == 5 })
    #expect(copy.now.ids == ids)
    var mark = LogMark()
    var marks: [UInt64: UInt64] = [0: mark.chain]
    for id in ids {
      mark.advance(by: id)
      marks[mark.position] = mark.chain
    }
    #expect(writer.polls.allSatisfy { marks[$0.after] == $0.chain })
    #expect(Set(writer.polls.map(\.after)) == [0, 2, 4, 5])
    #expect(copy.now.ends.allSatisfy { $0 == 5 })
    #expect(await eventually { metric("brigade_events_behind") == "0" })
    #expect(metric("brigade_events_writer_known") == "1")
    follower.shutDown()
  }

  @Test(arguments: [true, false])
  func `only what is on disk is acknowledged`(isDurable: Bool) async throws {
    let writer = try FakePeer()
    let copy = FakeCopy { $0.isDurable = isDurable }
    let follower = try follower(of: [writer], into: copy)
    #expect(await eventually { !writer.polls.isEmpty })
    #expect(writer.polls.allSatisfy { $0.replica == (isDurable ? "two" : "") })
    // Who asks everybody acknowledges nothing.
    #expect(writer.asked.allSatisfy { $0.chain != 0 || $0.replica.isEmpty })
    follower.shutDown()
  }

  @Test func `of two that say they write, the one of the higher epoch is followed`() async throws {
    let old = try FakePeer("old") { $0.events = SmallLog.events(["x"]) }
    let new = try FakePeer("new") {
      $0.events = SmallLog.events(["a"])
      $0.epoch = 2
    }
    let copy = FakeCopy()
    let follower = try follower(of: [old, new], into: copy)
    #expect(await eventually { new.polls.count > 1 })
    #expect(copy.now.ids == ["a"])
    #expect(copy.now.epoch == 2)
    #expect(old.polls.isEmpty)
    follower.shutDown()
  }

  @Test func `a writer of a lower epoch than the known one is not followed`() async throws {
    let old = try FakePeer { $0.events = SmallLog.events(["x"]) }
    let copy = FakeCopy { $0.epoch = 2 }
    let follower = try follower(of: [old], into: copy)
    #expect(await eventually { old.asked.count >= 3 })
    #expect(copy.now.ids.isEmpty)
    #expect(old.polls.isEmpty)
    #expect(metric("brigade_events_writer_known") == "0")
    // Its epoch is told with every question, for what that is worth.
    #expect(old.asked.allSatisfy { $0.epoch == 2 })
    follower.shutDown()
  }

  @Test func `a writer that writes no more is left for the next one`() async throws {
    let first = try FakePeer("first") { $0.events = SmallLog.events(["a"]) }
    let second = try FakePeer("second") {
      $0.events = SmallLog.events(["a", "b"])
      $0.isWriter = false
    }
    let copy = FakeCopy()
    let follower = try follower(of: [first, second], into: copy)
    #expect(await eventually { copy.now.ids == ["a"] })
    second.change { ($0.epoch, $0.isWriter) = (2, true) }
    first.change { ($0.epoch, $0.isWriter) = (2, false) }
    #expect(await eventually { copy.now.ids == ["a", "b"] })
    #expect(copy.now.epoch == 2)
    follower.shutDown()
  }

  @Test func `a writer that is lost is found again under its new address`() async throws {
    var writer = try FakePeer("writer") { $0.events = SmallLog.events(["a"]) }
    folder.write(Array("\(writer.address)\n".utf8), to: "replicas")
    let copy = FakeCopy()
    let follower = try LogFollower(
      .file(folder.file("replicas")), into: copy, in: environment)
    #expect(await eventually { copy.now.ids == ["a"] })
    writer = try FakePeer("writer") { $0.events = SmallLog.events(["a", "b"]) }
    #expect(await eventually { metric("brigade_events_writer_known") == "0" })
    folder.write(Array("\(writer.address)\n".utf8), to: "replicas")
    #expect(await eventually { copy.now.ids == ["a", "b"] })
    follower.shutDown()
  }

  @Test func `a copy that can't keep the events asks for them again`() async throws {
    let writer = try FakePeer { $0.events = SmallLog.events(["a"]) }
    let copy = FakeCopy { $0.keeps = false }
    let follower = try follower(of: [writer], into: copy)
    #expect(await eventually { writer.polls.count >= 3 })
    #expect(copy.now.ids.isEmpty)
    copy.change { $0.keeps = true }
    #expect(await eventually { copy.now.ids == ["a"] })
    follower.shutDown()
  }

  @Test func `a log that differs from the writer's is stopped, and asks no more`() async throws {
    let writer = try FakePeer()
    let copy = FakeCopy()
    let follower = try follower(of: [writer], into: copy)
    #expect(await eventually { !writer.polls.isEmpty })
    writer.change { $0.refusal = .refused("the logs differ") }
    #expect(await eventually { copy.now.difference != nil })
    #expect(copy.now.difference == "the logs differ")
    #expect(metric("brigade_events_differs") == "1")
    let asked = writer.asked.count
    // Three rounds in which it would have asked again: nothing tells of what is not done.
    try await Task.sleep(for: .milliseconds(3 * LogFollower.roundMilliseconds))
    #expect(writer.asked.count == asked)
    follower.shutDown()
  }

  @Test func `a writer asks all others whether it still is one, and takes nothing`() async throws {
    let other = try FakePeer {
      $0.events = SmallLog.events(["x"])
      $0.isWriter = false
    }
    let copy = FakeCopy { ($0.follows, $0.epoch) = (false, 1) }
    let follower = try follower(of: [other], into: copy)
    #expect(await eventually { copy.now.haveAskedPeers })
    #expect(copy.now.epoch == 1)
    #expect(copy.now.longest == 1)
    other.change { $0.epoch = 3 }
    #expect(await eventually { copy.now.epoch == 3 })
    #expect(copy.now.ids.isEmpty)
    #expect(other.polls.isEmpty)
    follower.shutDown()
  }

  @Test func `peers that can't be reached count as asked`() async throws {
    let nobody = Address.unix(path: folder.file("nobody"))
    let copy = FakeCopy { $0.follows = false }
    let follower = try LogFollower(.list([nobody]), into: copy, in: environment)
    #expect(await eventually { copy.now.haveAskedPeers })
    follower.shutDown()
  }

  @Test func `a writer that lets nobody wait is not asked without a pause`() async throws {
    let writer = try FakePeer()
    let follower = try follower(of: [writer], into: FakeCopy())
    #expect(await eventually { writer.polls.count >= 2 })
    let (start, before) = (Instant.now(), writer.polls.count)
    #expect(await eventually { writer.polls.count >= before + 5 })
    // One poll may have been under way.
    #expect(
      Instant.now().nanoseconds(since: start) >= 4 * LogFollower.lostMilliseconds * 1_000_000)
    follower.shutDown()
  }

  @Test func `a replica that lost its writer half-way knows what it lacks`() async throws {
    let writer = try FakePeer {
      $0.events = SmallLog.events(["a", "b", "c"])
      $0.position = 9
    }
    let two = try await SmallLog(folder.file("two"), name: "two", isFounder: false)
    let follower = try follower(of: [writer], into: two.log)
    #expect(await eventually { two.log.mark.position == 3 })
    writer.change { $0.isWriter = false }
    #expect(await eventually { metric("brigade_events_writer_known") == "0" })
    guard case .failure(let refusal) = await two.promote(2).result else {
      Issue.record("a replica that lacks six events was promoted")
      return
    }
    #expect(refusal.code == .failedPrecondition)
    #expect(refusal.message.contains("ends at 3") && refusal.message.contains("goes to 9"))
    #expect(try await two.promote(2, force: true).result.get().position == 3)
    follower.shutDown()
    two.log.shutDown()
  }
}
