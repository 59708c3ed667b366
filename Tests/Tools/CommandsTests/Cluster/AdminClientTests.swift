import RPC
import TestSupport
import Testing

@testable import Commands

@Suite struct AdminClientTests {
  private let folder = TemporaryFolder()

  /// Whose connections the kernel takes, and nobody else.
  private func listener() throws -> (Address, Socket) {
    let address = Address.unix(path: folder.file("admin"))
    return (address, try Socket.listening(at: address))
  }

  private func problem(_ result: Result<AdminExchange.Answer, AdminProblem>?) -> AdminProblem? {
    guard case .failure(let problem) = result else { return nil }
    return problem
  }

  @Test func `a process that hangs is told from one that is not there`() throws {
    let (address, listener) = try listener()
    defer { listener.close() }
    let silent = AdminClient.answer("/metrics", at: address, milliseconds: 20)
    #expect(problem(silent) == .silent)
    let nobody = Address.unix(path: folder.file("nobody"))
    #expect(problem(AdminClient.answer("/", at: nobody, milliseconds: 20)) == .nobody)
  }

  @Test func `an answer that stops midway is no answer`() throws {
    let (address, listener) = try listener()
    defer { listener.close() }
    var exchange = AdminExchange("/traces", at: address)
    exchange.move()
    let accepted = try listener.accept()
    let peer = try #require(accepted)
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"trac"
    _ = Array(half.utf8).withUnsafeBytes { peer.send($0) }
    exchange.move()
    #expect(exchange.result == nil)
    exchange.giveUp()
    #expect(problem(exchange.result) == .brokeOff(bytes: half.utf8.count))
    peer.close()
  }

  @Test func `a whole answer is its status and its body`() throws {
    let (address, listener) = try listener()
    defer { listener.close() }
    var exchange = AdminExchange("/traces?limit=1", at: address)
    exchange.move()
    let accepted = try listener.accept()
    let peer = try #require(accepted)
    var asked = [UInt8](repeating: 0, count: 1_000)
    guard case .bytes(let count) = asked.withUnsafeMutableBytes({ peer.receive($0) }) else {
      Issue.record("nothing was asked")
      return
    }
    let request = String(decoding: asked[..<count], as: UTF8.self)
    #expect(request.hasPrefix("GET /traces?limit=1 HTTP/1.1\r\n"))
    let whole = "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\nnone"
    _ = Array(whole.utf8).withUnsafeBytes { peer.send($0) }
    peer.close()
    exchange.move()
    exchange.move()
    let answer = try #require(try? exchange.result?.get())
    #expect(answer.status == 404 && answer.body == "none")
  }

  @Test(arguments: ["", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 ok\r\n\r\n"])
  func `what is no HTTP is told`(answer: String) {
    #expect(problem(AdminExchange.parsed(Array(answer.utf8))) == .notHTTP)
  }

  /// Each of them waits for all of the time.
  @Test func `those that hang are waited for together`() throws {
    let (address, listener) = try listener()
    defer { listener.close() }
    let clock = ContinuousClock()
    let began = clock.now
    let results = AdminClient.answers(
      "/", at: [Address](repeating: address, count: 50), milliseconds: 100)
    #expect(results.count == 50 && results.allSatisfy { problem($0) == .silent })
    #expect(clock.now - began < .seconds(4))
  }
}
