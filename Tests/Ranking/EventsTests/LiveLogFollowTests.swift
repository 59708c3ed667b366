import Messages
import RPC
import ServingSupport
import TestSupport
import Testing

@testable import Events

struct LiveLogFollowTests {
  private let folder = TemporaryFolder()

  private func follower(
    _ name: String, of addresses: [Address]
  ) async throws -> (small: SmallLog, follower: LogFollower) {
    let small = try await SmallLog(folder.file(name), name: name, isFounder: false)
    return (
      small, try LogFollower(.list(addresses), into: small.log, in: .ofTest(replica: name))
    )
  }

  @Test func `a poll gives what is there, in parts`() async throws {
    let one = try await SmallLog(folder.file("one"))
    _ = try await one.append("a", "b", "c")
    let all = try await one.follow(after: 0)
    #expect(all.events.map(\.id) == ["a", "b", "c"])
    #expect((all.position, all.epoch, all.writer) == (3, 1, true))
    let part = try await one.follow(after: 1) { $0.eventsMax = 1 }
    #expect(part.events.map(\.id) == ["b"])
    #expect(try await one.follow(after: 3).events.isEmpty)
    one.log.shutDown()
  }

  @Test func `a poll at the end waits for the next event`() async throws {
    let one = try await SmallLog(folder.file("one"))
    async let poll = one.follow(after: 0) { $0.waitMilliseconds = 1_000 }
    #expect(await eventually { one.log.state.withLock { $0.followers.count } == 1 })
    _ = try await one.append("a")
    #expect(try await poll.events.map(\.id) == ["a"])
    // Nothing comes: the answer is empty, and nobody is left behind.
    #expect(try await one.follow(after: 1) { $0.waitMilliseconds = 20 }.events.isEmpty)
    #expect(one.log.state.withLock { $0.followers.isEmpty })
    one.log.shutDown()
  }

  @Test func `a caller's word for a higher epoch changes nothing, and it is answered at once`()
    async throws
  {
    let one = try await SmallLog(folder.file("one"))
    _ = try await one.append("a")
    let claim = try await one.follow(after: 1) {
      $0.epoch = .max
      $0.replica = "liar"
      $0.waitMilliseconds = 1_000
    }
    #expect((claim.epoch, claim.writer) == (1, true))
    #expect(one.log.state.withLock { $0.followers.isEmpty })
    #expect(try await one.append("b").epoch == 1)
    #expect(try await one.promote(2).result.get().epoch == 2)
    one.log.shutDown()
  }

  @Test func `a writer steps down when a peer of its own knows a higher epoch`() async throws {
    let one = try await SmallLog(folder.file("one"))
    let two = try await SmallLog(folder.file("two"), name: "two", isFounder: false)
    let follower = try LogFollower(
      .list([one.address, two.address]), into: one.log, in: .ofTest(replica: "one"))
    #expect(try await one.follow(after: 0).writer)
    _ = try await two.promote(2).result.get()
    #expect(await eventually { one.log.follows && one.log.epoch == 2 })
    #expect(await one.caller.failure(.append, SmallLog.request(["a"]))?.advice == .notStarted)
    follower.shutDown()
    one.log.shutDown()
    two.log.shutDown()
  }

  @Test func `logs that differ are found out, and where`() async throws {
    let one = try await SmallLog(folder.file("one"))
    _ = try await one.append("a", "b")
    var request = FollowRequest()
    (request.after, request.chain) = (1, 12_345)
    let refusal = await one.caller.failure(.follow, request)
    #expect(refusal?.code == .failedPrecondition)
    #expect(refusal?.message == "the logs differ at or before position 1")
    request.after = 7
    #expect(
      await one.caller.failure(.follow, request)?.message
        == "position 7 lies behind the end of this log, 2")
    one.log.shutDown()
  }

  @Test func `older events come from the file`() async throws {
    let one = try await SmallLog(folder.file("one"))
    let ids = (1...50).map { "e\($0)" }
    for id in ids { _ = try await one.append(id) }
    one.log.state.withLock { $0.recent = RecentEvents(after: 50) }
    var read: [String] = []
    while read.count < 50 {
      let part = try await one.follow(after: UInt64(read.count)) { $0.eventsMax = 7 }
      #expect(part.events.count == min(7, 50 - read.count))
      read += part.events.map(\.id)
    }
    #expect(read == ids)
    // Backwards too, and what was appended after the file had been opened.
    #expect(
      try await one.follow(after: 10) { $0.eventsMax = 2 }.events.map(\.id) == ["e11", "e12"])
    _ = try await one.append("e51")
    one.log.state.withLock { $0.recent = RecentEvents(after: 51) }
    #expect(try await one.follow(after: 50).events.map(\.id) == ["e51"])
    one.log.shutDown()
  }

  @Test func `followers take over the log, and appends count them`() async throws {
    // A disk may be slow.
    let one = try await SmallLog(folder.file("one"), flags: ["--copy-wait-ms", "10000"])
    _ = try await one.append("before")
    let (two, follower) = try await follower("two", of: [one.address])
    #expect(await eventually { two.log.mark == one.log.mark })
    #expect(two.appliedIDs == ["before"])
    #expect(await eventually { one.log.state.withLock { $0.copies.count(of: 1) } == 1 })
    #expect(try await one.append("a").copies == 2)
    #expect(two.log.mark == one.log.mark)
    #expect(two.log.epoch == 1)
    // A follower that was promoted knows the ids as well.
    follower.shutDown()
    _ = try await two.promote(2).result.get()
    #expect(try await two.append("a", "b").appended == 1)
    one.log.shutDown()
    two.log.shutDown()
  }

  @Test func `a copy in memory follows as well, and acknowledges nothing`() async throws {
    let one = try await SmallLog(folder.file("one"))
    let applied = Guarded<[String]>([])
    let copy = MemoryLogCopy(base: LogMark()) { events in
      applied.withLock { $0 += events.map(\.id) }
    }
    let follower = try LogFollower(.list([one.address]), into: copy, in: .ofTest())
    #expect(try await one.append("a", "b").copies == 1)
    #expect(await eventually { applied.withLock { $0 } == ["a", "b"] })
    #expect(copy.mark == one.log.mark)
    follower.shutDown()
    one.log.shutDown()
  }

  @Test func `a writer that starts asks first, and gives way to a higher epoch`() async throws {
    let one = try await SmallLog(folder.file("one"))
    _ = try await one.append("a")
    let (two, following) = try await follower("two", of: [one.address])
    #expect(await eventually { two.log.mark.position == 1 })
    following.shutDown()
    one.log.shutDown()
    _ = try await two.promote(2).result.get()
    _ = try await two.append("b")
    let again = try await SmallLog(
      folder.file("one"), flags: ["--follow", "\(two.address)"])
    let refusal = await again.caller.failure(.append, SmallLog.request(["c"]))
    #expect(refusal?.message.contains("first asks the others") == true)
    let follower = try LogFollower(
      .list([again.address, two.address]), into: again.log, in: .ofTest(replica: "one"))
    #expect(await eventually { again.log.mark == two.log.mark })
    #expect(again.log.epoch == 2)
    #expect(again.log.follows)
    #expect(again.appliedIDs == ["a", "b"])
    follower.shutDown()
    again.log.shutDown()
    two.log.shutDown()
  }

  @Test func `a log that differs from its writer's stops for good`() async throws {
    let one = try await SmallLog(folder.file("one"))
    _ = try await one.append("a")
    let other = try await SmallLog(folder.file("two"), name: "two")
    _ = try await other.append("x")
    other.log.shutDown()
    // Its epoch is the writer's own, so that only the events tell.
    let two = try await SmallLog(folder.file("two"), name: "two")
    two.log.state.withLock { $0.leadership = LogLeadership(epoch: 1, isWriter: false) }
    let follower = try LogFollower(
      .list([one.address]), into: two.log, in: .ofTest(replica: "two"))
    #expect(await eventually { two.log.state.withLock { $0.failure } != nil })
    _ = try await one.append("b")
    #expect(two.appliedIDs == ["x"])
    #expect(
      two.log.state.withLock { $0.failure }?.contains("differ at or before position 1") == true)
    #expect(await two.promote(9).result.isFailure)
    follower.shutDown()
    one.log.shutDown()
    two.log.shutDown()
  }
}

extension Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
