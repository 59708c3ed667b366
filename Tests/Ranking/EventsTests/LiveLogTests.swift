import Glibc
import Messages
import RPC
import ServingSupport
import Storage
import TestSupport
import Testing

@testable import Events

struct LiveLogTests {
  private let folder = TemporaryFolder()
  private var state: String { folder.file("state") }

  @Test func `events are appended once, whatever comes again`() async throws {
    let one = try await SmallLog(state)
    let first = try await one.append("a", "b", "a")
    #expect((first.position, first.appended, first.copies, first.epoch) == (2, 2, 1, 1))
    let again = try await one.append("b", "c")
    #expect((again.position, again.appended) == (3, 1))
    #expect(try await one.append("a", "b", "c").appended == 0)
    #expect(one.appliedIDs == ["a", "b", "c"])
    one.log.shutDown()
  }

  @Test func `many appends at once get places of their own, and their repetitions none`()
    async throws
  {
    let one = try await SmallLog(state)
    let appended = try await withThrowingTaskGroup { group in
      for index in 0..<200 {
        group.addTask { try await one.append("e\(index % 100)").appended }
      }
      return try await group.reduce(0, +)
    }
    #expect(appended == 100)
    #expect(one.log.mark.position == 100)
    #expect(Set(one.appliedIDs).count == 100)
    #expect(one.appliedIDs.count == 100)
    one.log.shutDown()
  }

  @Test func `a restart knows the events, their ids and the epoch`() async throws {
    let before = try await SmallLog(state)
    _ = try await before.append("a", "b")
    let mark = before.log.mark
    before.log.shutDown()
    let after = try await SmallLog(state, isFounder: false)
    #expect(after.log.mark == mark)
    #expect(after.appliedIDs == ["a", "b"])
    let answer = try await after.append("b", "c")
    #expect((answer.position, answer.appended, answer.epoch) == (3, 1, 1))
    after.log.shutDown()
  }

  /// A kill in the middle of a write leaves any prefix of its bytes behind what was acknowledged.
  @Test func `a write cut anywhere leaves every acknowledged event`() async throws {
    let whole = try await SmallLog(state)
    _ = try await whole.append("a", "b")
    let path = "state/\(LogTail.fileName)"
    let acknowledged = folder.bytes(of: path)
    _ = try await whole.append("c")
    whole.log.shutDown()
    let bytes = folder.bytes(of: path)
    for size in acknowledged.count..<bytes.count {
      folder.write(Array(bytes[..<size]), to: path)
      let cut = try await SmallLog(state)
      #expect(cut.appliedIDs == ["a", "b"], "cut at \(size)")
      #expect(try await cut.append("b", "c").position == 3, "cut at \(size)")
      cut.log.shutDown()
      #expect(folder.bytes(of: path).count == bytes.count, "cut at \(size)")
    }
  }

  @Test func `damage before the end is refused, with the file's name`() async throws {
    let one = try await SmallLog(state)
    _ = try await one.append("a", "b", "c")
    one.log.shutDown()
    let path = "state/\(LogTail.fileName)"
    var bytes = folder.bytes(of: path)
    bytes[50] ^= 1
    folder.write(bytes, to: path)
    await #expect { _ = try await SmallLog(state) } throws: { "\($0)".contains(folder.file(path)) }
  }

  @Test func `events without a state file are nobody's`() async throws {
    let one = try await SmallLog(state)
    _ = try await one.append("a")
    one.log.shutDown()
    unlink("\(state)/\(LogState.fileName)")
    await #expect { _ = try await SmallLog(state) } throws: { "\($0)".contains("whose log is it?") }
  }

  @Test func `one that does not write sends appends on, and bad events nowhere`() async throws {
    let other = try await SmallLog(state, isFounder: false)
    let refusal = await other.caller.failure(.append, SmallLog.request(["a"]))
    #expect(refusal?.code == .failedPrecondition)
    #expect(refusal?.advice == .notStarted)
    #expect(refusal?.message == "this replica does not write the log (epoch 0)")
    #expect(
      await other.caller.failure(.append, SmallLog.request([""]))
        == .invalidArgument("events[0].id: required"))
    #expect(other.log.mark.position == 0)
    other.log.shutDown()
  }

  @Test func `more events than may wait are refused without being taken`() async throws {
    let one = try await SmallLog(state, flags: ["--waiting-max", "1000"])
    // The disk is busy for as long as the test wants.
    let gate = OneShot<Void>()
    one.log.worker.post { blockUntil(gate) }
    let ids = (0..<1_000).map { "e\($0)" }
    async let first = one.caller.answer(.append, SmallLog.request(ids))
    #expect(await eventually { one.log.state.withLock { $0.waitingEvents } == 1_000 })
    let refusal = await one.caller.failure(.append, SmallLog.request(["late"]))
    #expect(refusal?.code == .unavailable)
    #expect(refusal?.advice == .notStarted)
    gate.give(())
    #expect(try await first.appended == 1_000)
    #expect(one.log.mark.position == 1_000)
    one.log.shutDown()
  }

  @Test func `a failing disk acknowledges nothing, then and later`() async throws {
    let one = try await SmallLog(state)
    _ = try await one.append("a")
    let error = StorageError.system(operation: "fdatasync", path: "p", code: EIO)
    let first = await one.log.worker.run { one.log.fail(error) }
    #expect(first?.advice == .mayHaveRun)
    let refusal = await one.caller.failure(.append, SmallLog.request(["b"]))
    #expect(refusal?.code == .unavailable)
    #expect(refusal?.message.contains("unusable until a restart") == true)
    #expect(try await one.follow(after: 0).writer == false)
    #expect(one.appliedIDs == ["a"])
    one.log.shutDown()
  }

  @Test func `without a log the methods say so`() async throws {
    let served = try ServedWithoutLog()
    let caller = try await served.caller()
    #expect(
      await caller.failure(.append, SmallLog.request(["a"]))?.code == .failedPrecondition)
    #expect(await caller.failure(.follow, FollowRequest())?.code == .unimplemented)
    #expect(await caller.failure(.promote, PromoteRequest())?.code == .failedPrecondition)
  }

  @Test func `promotions raise the epoch, and are kept`() async throws {
    let one = try await SmallLog(state, isFounder: false)
    #expect(await one.promote(0).result.failure?.code == .failedPrecondition)
    #expect(try await one.promote(3).result.get().epoch == 3)
    #expect(try await one.promote(3).result.get().epoch == 3)
    #expect(await one.promote(2).result.failure?.code == .failedPrecondition)
    #expect(try await one.append("a").epoch == 3)
    one.log.shutDown()
    let again = try await SmallLog(state, isFounder: false)
    #expect(try await again.append("b").epoch == 3)
    // Who hears of a higher one from its peers writes no more, nor after the next restart.
    again.log.hear(of: 4)
    let answer = try await again.follow(after: 0)
    #expect((answer.epoch, answer.writer) == (4, false))
    #expect(await again.caller.failure(.append, SmallLog.request(["c"]))?.advice == .notStarted)
    again.log.shutDown()
    let last = try await SmallLog(state)
    #expect(last.log.epoch == 4)
    #expect(last.log.follows)
    last.log.shutDown()
  }

  @Test func `a replica that knows that it lacks events is promoted by force only`() async throws {
    let two = try await SmallLog(state, isFounder: false)
    two.log.hear(of: 1)
    two.log.hear(end: 9, of: 1)
    let refusal = await two.promote(2).result.failure
    #expect(refusal?.code == .failedPrecondition)
    #expect(refusal?.advice == .never)
    #expect(refusal?.message.hasPrefix("this log ends at 0, and the writer of epoch 1") == true)
    #expect(refusal?.message.contains("goes to 9") == true)
    #expect(two.log.epoch == 1)
    #expect(two.log.follows)
    #expect(try await two.promote(2, force: true).result.get().position == 0)
    #expect(try await two.append("a").epoch == 2)
    // The lost events do not stand in the way of the next promotion.
    #expect(try await two.promote(3).result.get().position == 1)
    two.log.shutDown()
  }

  @Test func `a replica that has caught up is promoted`() async throws {
    let two = try await SmallLog(state, isFounder: false)
    two.log.hear(end: 2, of: 1)
    #expect(await two.promote(2).result.failure?.code == .failedPrecondition)
    #expect(await two.log.take(SmallLog.events(["a", "b"]), after: LogMark(), epoch: 1))
    #expect(try await two.promote(2).result.get().position == 2)
    two.log.shutDown()
  }
}

/// Keeps a worker's thread busy until the value is given.
private func blockUntil(_ gate: OneShot<Void>) {
  let opened = Guarded(false)
  Task {
    await gate.value()
    opened.withLock { $0 = true }
  }
  while !opened.withLock({ $0 }) { sched_yield() }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
