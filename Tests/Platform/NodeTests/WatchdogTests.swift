import RPC
import TestSupport
import Testing

@testable import Node

@Suite struct WatchdogTests {
  private let folder = TemporaryFolder()

  @Test func `as long as all loops turn, the manager hears of it`() throws {
    let socket = DatagramSocket(folder.file("notify"))
    let variables = ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "20000"]
    let manager = ServiceManager(environment: { variables[$0] }, pid: 1)
    let loops = try WatchedLoops(3)
    let watchdog = try #require(Watchdog(loops.all, for: manager))
    #expect(watchdog.periodMilliseconds == 10)
    watchdog.start()
    for _ in 0..<5 {
      #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "WATCHDOG=1")
    }
  }

  @Test(arguments: 0..<3) func `while one loop hangs, nothing is told`(hanging: Int) throws {
    let socket = DatagramSocket(folder.file("notify"))
    let variables = ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "2000"]
    let manager = ServiceManager(environment: { variables[$0] }, pid: 1)
    let loops = try WatchedLoops(3)
    let (gate, reached) = (Gate(), Gate())
    loops.all[hanging].post {
      reached.open()
      gate.wait()
    }
    reached.wait()
    try #require(Watchdog(loops.all, for: manager)).start()
    #expect(socket.receive(milliseconds: 100) == nil)
    gate.open()
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "WATCHDOG=1")
  }

  @Test func `without a manager that watches there is none`() throws {
    let loops = try WatchedLoops(1)
    let variables = ["NOTIFY_SOCKET": "/run/notify"]
    #expect(Watchdog(loops.all, for: nil) == nil)
    #expect(
      Watchdog(loops.all, for: ServiceManager(environment: { variables[$0] }, pid: 1)) == nil)
  }
}
