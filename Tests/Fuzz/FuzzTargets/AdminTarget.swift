internal import Node

extension FuzzTarget {
  static let adminRequest = FuzzTarget(
    "admin-request", dictionary: ["\r\n\r\n", "HTTP/1.0", "Content-Length: 0\r\n"]
  ) {
    ["GET /metrics HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HEAD /a?b HTTP/1.0\r\n\r\n"]
      .map { Array($0) }
  } read: { bytes in
    let step = bytes.withUnsafeBytes { HTTPRequest.parse($0) }
    guard case .request(_, let taken) = step else { return .refused }
    try promise(0 < taken && taken <= bytes.count, "took \(taken) of \(bytes.count) bytes")
    let alone = bytes.prefix(taken).withUnsafeBytes { HTTPRequest.parse($0) }
    try promise(alone == step, "\(alone) without what follows, else \(step)")
    return .accepted
  }
}
