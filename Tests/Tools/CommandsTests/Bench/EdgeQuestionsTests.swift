import HTTP
import JSON
import Messages
import RPC
import Testing

@testable import Commands

struct EdgeQuestionsTests {
  private let questions = EdgeQuestions(
    users: 10, around: CityOptions.defaultCenter, nowMilliseconds: 1_000)

  private func http(_ way: EdgeProtocol) throws -> [HTTPRequest] {
    try questions.bytes(way, host: "localhost:8080").map { bytes in
      var parser = HTTPRequestParser()
      var consumed = 0
      let step = bytes.withUnsafeBytes { parser.next($0, consumed: &consumed) }
      #expect(consumed == bytes.count)
      guard case .request(let request) = step else { throw NoRequest(step: "\(step)") }
      return request
    }
  }

  private struct NoRequest: Error { let step: String }

  @Test func `all protocols ask the same`() throws {
    let schema = MessageSchema(types: [MessageType(RankRequest.descriptor)])
    let proto = try http(.httpProto)
    let json = try http(.httpJSON)
    let frames = questions.bytes(.binary, host: "")
    #expect(proto.count == EdgeQuestions.count)
    for index in proto.indices {
      let body = proto[index].body
      let parsed = try JSONValue(parsing: json[index].body)
      #expect(try schema.encode(parsed, as: RankRequest.messageName) == body)
      #expect(Array(frames[index].suffix(body.count)) == body)
    }
    let users = try Set(proto.map { try RankRequest(decoding: $0.body).userID })
    #expect(users.count == 10)
  }

  @Test func `an HTTP request says what it holds and takes`() throws {
    for (way, type, coding) in [
      (EdgeProtocol.httpProto, "application/proto", nil), (.httpJSON, "application/json", nil),
      (.httpGzip, "application/json", "gzip"),
    ] {
      let request = try #require(try http(way).first)
      #expect(request.path == "/brigade.v1.Gateway/Rank")
      #expect(request["content-type"] == type)
      #expect(request["accept-encoding"] == coding)
      #expect(request.keepsAlive)
    }
  }

  @Test func `a frame is whole`() throws {
    let frame = try #require(questions.bytes(.binary, host: "").first)
    let step = try frame.withUnsafeBytes { try FrameDecoder(frameBytesMax: 1 << 20).next($0) }
    guard case .frame(let header) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(header.kind == .request)
    #expect(FrameHeader.bytes + header.headBytes + header.bodyBytes == frame.count)
    let head = try RequestHead(decoding: Array(frame[8..<(8 + header.headBytes)]))
    #expect(head.method == "brigade.v1.Gateway/Rank")
  }
}
