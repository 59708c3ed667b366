import RPC
import TestSupport
import Testing

@testable import Node

@Suite struct ReadyFileTests {
  private let folder = TemporaryFolder()
  private let ready = ReadyFile(
    replica: "inference-2 \"é\"", listen: "127.0.0.1:7300", admin: "127.0.0.1:9300", pid: 4_711)

  private func read(_ text: String) -> ReadyFile? {
    folder.write(text, to: "ready")
    return ReadyFile(reading: folder.file("ready"))
  }

  private func text(pid: String = "5", closing: String = "}") -> String {
    #"{"replica": "a", "listen": "b:1", "admin": "c:2", "pid": \#(pid)\#(closing)"#
  }

  @Test func `what is written is read`() throws {
    try ready.write(to: folder.file("ready"))
    #expect(ReadyFile(reading: folder.file("ready")) == ready)
    #expect(folder.bytes(of: "ready").last == UInt8(ascii: "\n"))
  }

  @Test func `an HTTP port is written only where there is one`() throws {
    try ready.write(to: folder.file("ready"))
    #expect(!String(decoding: folder.bytes(of: "ready"), as: UTF8.self).contains("edge"))
    var open = ready
    open.edge = "127.0.0.1:8080"
    try open.write(to: folder.file("ready"))
    #expect(ReadyFile(reading: folder.file("ready")) == open)
  }

  @Test func `a new file takes the old one's place and leaves nothing beside it`() throws {
    folder.write("something much longer than what comes now, to be cut\n", to: "ready")
    for _ in 0..<3 { try ready.write(to: folder.file("ready")) }
    #expect(folder.names == ["ready"])
    #expect(ReadyFile(reading: folder.file("ready")) == ready)
  }

  @Test func `a file that can't be put in place is an error, and leaves nothing`() {
    folder.makeFolder("ready/inside")
    #expect(throws: SystemError.self) { try ready.write(to: folder.file("ready")) }
    #expect(folder.names == ["ready"])
    let nowhere = folder.file("nowhere/ready")
    let error = #expect(throws: SystemError.self) { try ready.write(to: nowhere) }
    #expect(error?.description.contains(nowhere) == true)
  }

  @Test func `no file, and a file that is damaged, is nil`() {
    #expect(ReadyFile(reading: folder.file("absent")) == nil)
    #expect(read(text()) == ReadyFile(replica: "a", listen: "b:1", admin: "c:2", pid: 5))
    #expect(read("") == nil)
    #expect(read(text(closing: "")) == nil)
    #expect(read("[]") == nil)
    #expect(read(#"{"replica": "a", "listen": "b:1", "pid": 5}"#) == nil)
    #expect(read(text(pid: "\"5\"")) == nil)
    #expect(read(text() + String(repeating: " ", count: 70_000)) != nil)
    #expect(read(text(closing: ", \"x\": \"" + String(repeating: "x", count: 70_000))) == nil)
  }

  /// Signals go to what is read here; 0 and negative numbers mean whole groups of processes.
  @Test(arguments: ["0", "-1", "4294967297", "2147483648", "1.5"])
  func `a number that is no process is nil`(pid: String) {
    #expect(read(text(pid: pid)) == nil)
  }
}
