internal import Definitions
internal import JSON
internal import Messages
internal import RPC

/// The same questions as bytes for each protocol, whole, so that a client under measurement only
/// writes them.
struct EdgeQuestions: Sendable {
  static let count = 256
  /// Where restaurants of a simulated city are.
  private static let spreadDegrees = 0.02

  private let requests: [RankRequest]

  /// - Parameter users: named u1, u2 and so on.
  init(users: Int, around center: Coordinate, nowMilliseconds: Int64, seed: UInt64 = 1) {
    var generator = SplitMix64(seed: seed)
    requests = (0..<Self.count).map { _ in
      let spread = -Self.spreadDegrees...Self.spreadDegrees
      var request = RankRequest()
      request.userID = "u\(Int.random(in: 1...users, using: &generator))"
      request.place =
        Coordinate(
          latitude: center.latitude + .random(in: spread, using: &generator),
          longitude: center.longitude + .random(in: spread, using: &generator)
        ).place
      request.nowMilliseconds = nowMilliseconds
      return request
    }
  }

  /// One of them, to see whether the cluster answers as it should.
  var first: RankRequest { requests[0] }

  /// One after the other, and again from the first.
  subscript(_ number: Int) -> RankRequest { requests[number % requests.count] }

  /// - Parameter host: for HTTP.
  func bytes(_ way: EdgeProtocol, host: String) -> [[UInt8]] {
    guard let type = way.contentType else { return requests.map(Self.frame) }
    return requests.map { request in
      let body = way == .httpProto ? request.encoded() : Self.json(request)
      let head = """
        POST /\(MethodNames.rank) HTTP/1.1\r
        Host: \(host)\r
        User-Agent: brigade-bench\r
        Accept: */*\r
        \(way == .httpGzip ? "Accept-Encoding: gzip\r\n" : "")Content-Type: \(type)\r
        Content-Length: \(body.count)\r
        \r

        """
      return Array(head.utf8) + body
    }
  }

  /// With one call at a time, all may have the same id.
  private static func frame(_ request: RankRequest) -> [UInt8] {
    var head = RequestHead()
    head.call = 1
    head.method = MethodNames.rank
    let (headBytes, body) = (head.encoded(), request.encoded())
    let length = UInt32(FrameHeader.bytesAfterLength + headBytes.count + body.count)
    return withUnsafeBytes(of: length.bigEndian) { Array($0) } + [FrameKind.request.rawValue, 0]
      + withUnsafeBytes(of: UInt16(headBytes.count).bigEndian) { Array($0) } + headBytes + body
  }

  private static func json(_ request: RankRequest) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("userId", request.userID)
      if let place = request.place {
        writer.key("place")
        writer.object { writer in
          writer.member("latitude", place.latitude)
          writer.member("longitude", place.longitude)
        }
      }
      writer.member("nowMs", "\(request.nowMilliseconds)")
    }
    return writer.bytes
  }

  private enum MethodNames {
    static let rank = Method<RankRequest, RankResponse>.rank.name
  }
}
