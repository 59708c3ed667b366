import RPC
import Synchronization
import Testing

struct WorkerTests {
  @Test func `work runs in the order in which it was given`() async {
    let worker = Worker(name: "test")
    defer { worker.stop() }
    let seen = Mutex<[Int]>([])
    for number in 0..<1_000 {
      worker.post { seen.withLock { $0.append(number) } }
    }
    let all = await worker.run { seen.withLock { $0 } }
    #expect(all == Array(0..<1_000))
  }

  @Test func `what was given before the stop finishes`() {
    let worker = Worker(name: "test")
    let count = Atomic<Int>(0)
    for _ in 0..<100 { worker.post { count.add(1, ordering: .relaxed) } }
    worker.stop()
    #expect(count.load(ordering: .relaxed) == 100)
  }

  @Test func `a stopped worker takes nothing more and says so`() async {
    let worker = Worker(name: "test")
    worker.stop()
    #expect(!worker.post {})
    #expect(await worker.run { 1 } == nil)
  }
}
