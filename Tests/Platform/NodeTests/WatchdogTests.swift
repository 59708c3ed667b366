import Glibc
import RPC
import TestSupport
import Testing

@testable import Node

/// Loops that end with the test.
private final class Loops: Sendable {
  let all: [EventLoop]

  init(_ count: Int) throws {
    all = try (0..<count).map { try EventLoop(name: "watched-\($0)") }
    for loop in all { loop.start() }
  }

  deinit {
    for loop in all { loop.stop() }
    for loop in all { loop.join() }
  }
}

/// A thread that waits here is let go by the test.
private final class Gate: Sendable {
  private let descriptors: (read: Int32, write: Int32)

  init() {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    precondition(socketpair(AF_UNIX, type, 0, &ends) == 0, "socketpair: \(errno)")
    descriptors = (ends[0], ends[1])
  }

  deinit {
    close(descriptors.read)
    close(descriptors.write)
  }

  func wait() {
    var byte: UInt8 = 0
    _ = read(descriptors.read, &byte, 1)
  }

  func open() { _ = write(descriptors.write, [1] as [UInt8], 1) }
}

@Suite struct WatchdogTests {
  private let folder = TemporaryFolder()

  @Test func `as long as all loops turn, the manager hears of it`() throws {
    let socket = DatagramSocket(folder.file("notify"))
    let variables = ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "20000"]
    let manager = ServiceManager(environment: { variables[$0] }, pid: 1)
    let loops = try Loops(3)
    let watchdog = try #require(Watchdog(loops.all, for: manager))
    #expect(watchdog.periodMilliseconds == 10)
    watchdog.start()
    for _ in 0..<5 { #expect(socket.receive(milliseconds: 5_000) == "WATCHDOG=1") }
  }

  @Test(arguments: 0..<3) func `while one loop hangs, nothing is told`(hanging: Int) throws {
    let socket = DatagramSocket(folder.file("notify"))
    let variables = ["NOTIFY_SOCKET": folder.file("notify"), "WATCHDOG_USEC": "2000"]
    let manager = ServiceManager(environment: { variables[$0] }, pid: 1)
    let loops = try Loops(3)
    let (gate, reached) = (Gate(), Gate())
    loops.all[hanging].post {
      reached.open()
      gate.wait()
    }
    reached.wait()
    try #require(Watchdog(loops.all, for: manager)).start()
    #expect(socket.receive(milliseconds: 100) == nil)
    gate.open()
    #expect(socket.receive(milliseconds: 5_000) == "WATCHDOG=1")
  }

  @Test func `without a manager that watches there is none`() throws {
    let loops = try Loops(1)
    let variables = ["NOTIFY_SOCKET": "/run/notify"]
    #expect(Watchdog(loops.all, for: nil) == nil)
    #expect(
      Watchdog(loops.all, for: ServiceManager(environment: { variables[$0] }, pid: 1)) == nil)
  }
}
