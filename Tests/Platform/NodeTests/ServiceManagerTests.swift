import Glibc
import TestSupport
import Testing

@testable import Node

@Suite struct ServiceManagerTests {
  private let folder = TemporaryFolder()

  private func manager(_ variables: [String: String], pid: Int32 = 7) -> ServiceManager? {
    ServiceManager(environment: { variables[$0] }, pid: pid)
  }

  @Test func `a state is one datagram to the socket that is a file`() {
    let socket = DatagramSocket(folder.file("notify"))
    let manager = manager(["NOTIFY_SOCKET": folder.file("notify")])
    #expect(manager?.tell(.ready) == true)
    #expect(manager?.tell(.alive) == true)
    #expect(manager?.tell(.stopping) == true)
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "READY=1")
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "WATCHDOG=1")
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "STOPPING=1")
    #expect(socket.receive(milliseconds: 0) == nil)
  }

  @Test func `a name that begins with an at sign has no file`() {
    let name = "@brigade-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let socket = DatagramSocket(name)
    #expect(manager(["NOTIFY_SOCKET": name])?.tell(.ready) == true)
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "READY=1")
  }

  @Test func `nobody is told where nobody asked, and what is no socket's name is not taken`() {
    #expect(manager([:]) == nil)
    for name in ["", "relative/path", "vsock:2:1234", "/" + String(repeating: "x", count: 107)] {
      #expect(manager(["NOTIFY_SOCKET": name]) == nil, "\(name)")
    }
    #expect(manager(["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 106)]) != nil)
  }

  @Test func `a manager that is gone is no trouble`() {
    #expect(manager(["NOTIFY_SOCKET": folder.file("nobody")])?.tell(.ready) == false)
  }

  @Test func `a manager that does not read is not waited for`() {
    let socket = DatagramSocket(folder.file("notify"))
    let manager = manager(["NOTIFY_SOCKET": folder.file("notify")])
    var told = 0
    while told < 100_000, manager?.tell(.alive) == true { told += 1 }
    #expect(told < 100_000)
    #expect(socket.receive(milliseconds: Int32(Patience.milliseconds)) == "WATCHDOG=1")
  }

  @Test(
    arguments: [
      ("3000000", nil, 3_000), ("3000000", "7", 3_000), ("3000000", "8", nil), ("500", nil, 1),
      ("0", nil, nil), ("-5", nil, nil), ("soon", nil, nil), (nil, nil, nil),
    ] as [(String?, String?, Int64?)])
  func `only the process that is watched has to say that it is alive`(
    microseconds: String?, pid: String?, milliseconds: Int64?
  ) {
    var variables = ["NOTIFY_SOCKET": "/run/notify"]
    variables["WATCHDOG_USEC"] = microseconds
    variables["WATCHDOG_PID"] = pid
    let manager = manager(variables)
    #expect(manager != nil)
    #expect(manager?.watchdogMilliseconds == milliseconds)
  }
}
