internal import CMessages

/// Compresses and inflates the bodies of frames. zlib's state, a quarter of a megabyte, is made when
/// the first body needs it. Confined to its loop.
final class BodyCodec {
  /// Shorter bodies gain less than the work costs.
  static let compressedBytesMin = 1 << 10

  private let inflatedBytesMax: Int
  private lazy var zlib = ZlibCodec(.zlib)

  init(_ limits: Limits) { inflatedBytesMax = limits.inflatedBytesMax }

  /// The compressed message; nil when that would not be shorter.
  func compress(_ body: UnsafePointer<ProtobufCMessage>) -> [UInt8]? {
    let count = protobuf_c_message_get_packed_size(body)
    guard count >= Self.compressedBytesMin else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { bytes in
      protobuf_c_message_pack(body, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      let compressed = zlib.compress(UnsafeRawBufferPointer(bytes))
      return compressed.count < count ? compressed : nil
    }
  }

  /// - Throws: what the sender of such a body is answered.
  func inflate(_ body: UnsafeRawBufferPointer) throws(RPCError) -> [UInt8] {
    do throws(ZlibCodec.Failure) {
      return try zlib.inflate(body, bytesMax: inflatedBytesMax)
    } catch {
      switch error {
      case .invalid: throw .invalidArgument("the compressed body is not valid zlib")
      case .longerThan(let bytesMax):
        throw RPCError(
          .resourceExhausted, "the body inflates to more than \(bytesMax) bytes", advice: .never)
      }
    }
  }
}
