internal import Telemetry
import Testing

@testable internal import RPC

struct EventLoopTests {
  @Test func `work posted from many threads is all run`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    let count = Count()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<2_000 { loop.post { count.add() } } }
      }
    }
    await loop.turn()
    #expect(count.value == 16_000)
    loop.stop()
    loop.join()
  }

  @Test func `tasks that prefer the loop run on it and wake it`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    for _ in 0..<200 {
      let task = Task(executorPreference: loop) { loop.isCurrent }
      #expect(await task.value)
    }
    #expect(!loop.isCurrent)
    loop.stop()
    loop.join()
  }

  @Test func `timers run in order, and cancelled ones do not`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    let order = await withUnsafeContinuation { (done: UnsafeContinuation<[Int], Never>) in
      loop.post {
        nonisolated(unsafe) var order: [Int] = []
        let now = Instant.now()
        _ = loop.schedule(at: now.adding(milliseconds: 20)) { done.resume(returning: order + [3]) }
        _ = loop.schedule(at: now.adding(milliseconds: 10)) { order.append(2) }
        let cancelled = loop.schedule(at: now.adding(milliseconds: 5)) { order.append(9) }
        _ = loop.schedule(at: now) { order.append(1) }
        loop.cancel(cancelled)
      }
    }
    #expect(order == [1, 2, 3])
    loop.stop()
    loop.join()
  }

  @Test func `tasks that yield for ever leave the loop its work`() async throws {
    let loop = try EventLoop(name: "test")
    loop.start()
    let over = Count()
    let task = Task(executorPreference: loop) { while over.value == 0 { await Task.yield() } }
    for _ in 0..<10 { await loop.turn() }
    over.add()
    await task.value
    loop.stop()
    loop.join()
  }

  @Test func `a loop that has ended lets go of all that it held`() async throws {
    final class Held: Sendable {}
    let loop = try EventLoop(name: "test")
    loop.start()
    weak var (timed, repeated, posted): (Held?, Held?, Held?)
    do {
      let (first, second, third) = (Held(), Held(), Held())
      (timed, repeated, posted) = (first, second, third)
      loop.post {
        _ = loop.schedule(at: .distantFuture) { _ = (first, loop) }
        loop.atEndOfReading { _ = (second, loop) }
      }
      await loop.turn()
      loop.stop()
      loop.join()
      loop.post { _ = (third, loop) }
    }
    #expect(timed == nil)
    #expect(repeated == nil)
    #expect(posted == nil)
  }
}
