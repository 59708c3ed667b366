internal import Glibc
import Testing

@testable internal import RPC

struct SocketTests {
  @Test func `a path that a dead process left is taken, a live one is not`() throws {
    let folder = ScratchFolder()
    let address = Address.unix(path: folder.file("socket"))
    let first = try Socket.listening(at: address)
    #expect(throws: SystemError.self) { _ = try Socket.listening(at: address) }
    first.close()
    let second = try Socket.listening(at: address)
    second.close()
  }

  @Test func `a file that is no socket is left alone`() {
    let folder = ScratchFolder()
    folder.write("precious", to: "file")
    #expect(throws: SystemError.self) {
      _ = try Socket.listening(at: .unix(path: folder.file("file")))
    }
    #expect(folder.exists("file"))
  }

  @Test func `a socket connected to itself counts as refused`() throws {
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = try SocketAddress(asked)
    let bound = target.withPointer { bind(descriptor, $0, $1) }
    try #require(bound == 0)
    let itself = Socket(descriptor: descriptor)
    defer { itself.close() }
    target = try SocketAddress(itself.bound(asked))
    let connected = target.withPointer { connect(descriptor, $0, $1) }
    try #require(connected == 0)
    #expect(itself.connectError()?.number == ECONNREFUSED)
  }

  @Test func `the kernel's choice of a port is told`() throws {
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let socket = try Socket.listening(at: asked)
    defer { socket.close() }
    guard case .tcp(let host, let port) = socket.bound(asked) else {
      Issue.record("no TCP address")
      return
    }
    #expect(host == "127.0.0.1")
    #expect(port > 0)
  }

  @Test func `an address in use is an error that names it`() throws {
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let socket = try Socket.listening(at: asked)
    defer { socket.close() }
    let taken = socket.bound(asked)
    let error = #expect(throws: SystemError.self) { _ = try Socket.listening(at: taken) }
    #expect(error?.description.contains("\(taken)") == true)
  }
}
