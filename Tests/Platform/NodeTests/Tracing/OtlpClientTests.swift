import RPC
import Telemetry
import TestSupport
import Testing

@testable import Node

@Suite struct OtlpClientTests {
  private func answer(_ text: String, _ body: [UInt8] = []) -> ExportQueue.Answer {
    OtlpClient.answer(Array(text.utf8) + body)
  }

  @Test func `what the receiver is too busy for is offered again, what it refuses is not`() {
    #expect(answer("HTTP/1.1 200 OK\r\n\r\n") == .taken(rejectedSpans: 0))
    #expect(answer("HTTP/1.1 202 Accepted\r\n\r\n") == .taken(rejectedSpans: 0))
    for status in [429, 502, 503, 504] {
      #expect(answer("HTTP/1.1 \(status) Later\r\n\r\n") == .notNow)
    }
    for status in [301, 400, 401, 404, 413, 500] {
      #expect(answer("HTTP/1.1 \(status) No\r\n\r\n") == .refused)
    }
    for text in ["", "HTTP/1.1", "HTTP/1.1 abc\r\n\r\n", "SSH-2.0-x\r\n", "HTTP/2 200\r\n\r\n"] {
      #expect(answer(text) == .notNow, "\(text)")
    }
  }

  @Test func `spans that the receiver rejects are counted`() {
    var partial = OtlpPartialSuccess()
    partial.rejectedSpans = 7
    var response = OtlpExportResponse()
    response.partialSuccess = partial
    #expect(
      answer("HTTP/1.1 200 OK\r\n\r\n", response.encoded()) == .taken(rejectedSpans: 7))
    partial.rejectedSpans = -1
    response.partialSuccess = partial
    #expect(
      answer("HTTP/1.1 200 OK\r\n\r\n", response.encoded()) == .taken(rejectedSpans: 0))
    #expect(answer("HTTP/1.1 200 OK\r\n\r\n", [0xFF]) == .taken(rejectedSpans: 0))
  }

  @Test func `random bytes are an answer, never a trap`() {
    for seed in UInt64(1)...2_000 {
      var random = SeededGenerator(seed: seed)
      var bytes = Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + random.bytes(0...20)
      if random.chance(2) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      _ = OtlpClient.answer(bytes)
    }
    #expect(OtlpClient.answer([]) == .notNow)
  }

  @Test func `nobody there is another time`() throws {
    let free = try Socket.listening(at: .tcp(host: "127.0.0.1", port: 0))
    let address = free.bound(.tcp(host: "127.0.0.1", port: 0))
    free.close()
    let endpoint = try #require(OtlpEndpoint("http://\(address)/"))
    #expect(OtlpClient(endpoint: endpoint).post([1]) == .notNow)
  }

  @Test func `who takes the connection and says nothing is waited for no longer than allowed`()
    throws
  {
    let silent = try Socket.listening(at: .tcp(host: "127.0.0.1", port: 0))
    defer { silent.close() }
    let endpoint = try #require(
      OtlpEndpoint("http://\(silent.bound(.tcp(host: "127.0.0.1", port: 0)))/"))
    let client = OtlpClient(endpoint: endpoint, timeoutMilliseconds: 30)
    #expect(client.post([1]) == .notNow)
  }
}
