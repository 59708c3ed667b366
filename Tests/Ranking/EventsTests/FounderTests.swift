import Messages
import Node
import RPC
import ServingSupport
import TestSupport
import Testing

@testable import Events

/// Who begins a log, and who must not.
struct FounderTests {
  private let folder = TemporaryFolder()

  /// A founder that knows of a peer, and its follower.
  private func founder(
    _ peers: [Address]
  ) async throws -> (small: SmallLog, follower: LogFollower) {
    let list = peers.map(\.description).joined(separator: ",")
    let small = try await SmallLog(folder.file("one"), flags: ["--follow", list])
    let follower = try LogFollower(
      .list(peers), into: small.log, in: .ofTest(replica: "one"))
    return (small, follower)
  }

  private func end(_ small: SmallLog, _ follower: LogFollower) {
    follower.shutDown()
    small.log.shutDown()
  }

  private func isWriter(_ small: SmallLog) async throws -> Bool {
    try await small.follow(after: 0).writer
  }

  @Test func `it begins the log when nobody has one`() async throws {
    let peer = try FakePeer { ($0.isWriter, $0.epoch) = (false, 0) }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { (try? await small.append("a"))?.epoch == 1 })
    end(small, follower)
    // Once it has, its state says so.
    let (again, followerAgain) = try await founder([folder.unixAddress("nobody")])
    #expect(try await isWriter(again))
    end(again, followerAgain)
  }

  @Test func `before it has asked it is no writer, and keeps nothing that makes it one`()
    async throws
  {
    let small = try await SmallLog(
      folder.file("one"), flags: ["--follow", "\(folder.unixAddress("nobody"))"])
    #expect(try await !isWriter(small))
    await #expect(throws: RPCError.self) { try await small.append("a") }
    small.log.shutDown()
    let other = try await SmallLog(folder.file("one"), isFounder: false)
    #expect(try await !isWriter(other))
    other.log.shutDown()
  }

  @Test func `where a peer holds events that it has lost, it follows`() async throws {
    let peer = try FakePeer {
      $0.events = SmallLog.events(["a", "b"])
      $0.isWriter = false
    }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { peer.asked.count >= 3 })
    #expect(try await !isWriter(small))
    await #expect(throws: RPCError.self) { try await small.append("c") }
    // A promotion makes it whole, and the state says that it is no writer.
    peer.change { ($0.isWriter, $0.epoch) = (true, 2) }
    #expect(await eventually { small.appliedIDs == ["a", "b"] })
    end(small, follower)
    let (again, followerAgain) = try await founder([folder.unixAddress("nobody")])
    #expect(try await !isWriter(again))
    end(again, followerAgain)
  }

  @Test func `another writer that has nothing yet is followed, too`() async throws {
    let peer = try FakePeer()
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { !peer.polls.isEmpty })
    #expect(try await !isWriter(small))
    end(small, follower)
  }

  @Test func `an epoch that others have heard of is not begun again`() async throws {
    let peer = try FakePeer { ($0.isWriter, $0.epoch) = (false, 4) }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { (try? await small.append("a"))?.epoch == 5 })
    end(small, follower)
  }

  @Test func `having begun, it gives way to a longer log only as long as its own is empty`()
    async throws
  {
    let peer = try FakePeer { ($0.isWriter, $0.epoch) = (false, 0) }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { (try? await isWriter(small)) == true })
    // A follower with more is neither told that its log is wrong nor believed.
    await #expect {
      try await small.follow(after: 2) { ($0.chain, $0.replica) = (7, "two") }
    } throws: { "\($0)".contains("has only begun") }
    #expect(try await isWriter(small))
    peer.change { ($0.events, $0.epoch) = (SmallLog.events(["a", "b"]), 1) }
    #expect(await eventually { (try? await isWriter(small)) == false })
    end(small, follower)
  }

  @Test func `a log that has events stays its writer's`() async throws {
    let peer = try FakePeer { ($0.isWriter, $0.epoch) = (false, 0) }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { (try? await small.append("x"))?.epoch == 1 })
    let asked = peer.asked.count
    peer.change { ($0.events, $0.epoch) = (SmallLog.events(["a", "b"]), 1) }
    #expect(await eventually { peer.asked.count >= asked + 3 })
    #expect(try await isWriter(small))
    await #expect {
      try await small.follow(after: 2) { $0.chain = 7 }
    } throws: { "\($0)".contains("behind the end of this log") }
    end(small, follower)
  }

  @Test func `who knows better promotes it by force`() async throws {
    let peer = try FakePeer {
      $0.events = SmallLog.events(["a"])
      $0.isWriter = false
    }
    let (small, follower) = try await founder([peer.address])
    #expect(await eventually { peer.asked.count >= 2 })
    guard case .failure(let refusal) = await small.promote(2).result else {
      Issue.record("a replica that lacks an event was promoted")
      return
    }
    #expect(refusal.code == .failedPrecondition)
    #expect(try await small.promote(2, force: true).result.get().epoch == 2)
    #expect(try await small.append("z").epoch == 2)
    end(small, follower)
  }
}

extension TemporaryFolder {
  /// Where nobody listens.
  fileprivate func unixAddress(_ name: String) -> Address { .unix(path: file(name)) }
}
