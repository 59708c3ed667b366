internal import Glibc
import Testing

@testable internal import RPC

/// Connected to each other: one end as a stream takes it, and the other as a plain descriptor, which
/// is the caller's to close.
func socketPair() throws -> (Socket, peer: Int32) {
  var ends: [Int32] = [0, 0]
  let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
  return (Socket(descriptor: ends[0]), ends[1])
}

extension ByteStream {
  /// So many bytes that do not matter; on the loop.
  func send(_ count: Int) {
    let bytes = [UInt8](repeating: 7, count: count)
    bytes.withUnsafeBytes { output.append($0) }
    outputGrew()
  }
}
