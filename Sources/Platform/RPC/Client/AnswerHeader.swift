internal import CMessages
internal import Glibc

/// What a caller needs of an answer's head, with the message in place.
struct AnswerHeader {
  private(set) var call: UInt64 = 0
  private(set) var code: UInt32 = 0
  /// Within the frame, or in the arena until its reset.
  private(set) var message = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var advice = RetryAdvice.mayHaveRun
  private(set) var queueMicroseconds: UInt64 = 0
  private(set) var handlerMicroseconds: UInt64 = 0
  private(set) var loadInFlight: UInt32 = 0
  private(set) var loadPermille: UInt32 = 0
  /// In the arena until its reset. Few answers have any.
  private var packedMetadata: UnsafeMutablePointer<UnsafeMutablePointer<Metadata.C>?>?
  private var metadataCount = 0

  var metadata: [Metadata] {
    metadataCount > 0 ? Array(packedMetadata, metadataCount) : []
  }

  /// Nil for a head that is broken, and for one with more in it than every answer has.
  init?(plain bytes: UnsafeBufferPointer<UInt8>) {
    var reader = HeadReader(bytes)
    while !reader.isAtEnd {
      switch reader.byte() {
      case 0x08: call = reader.varint()
      case 0x10: code = UInt32(truncatingIfNeeded: reader.varint())
      case 0x1A: message = UnsafeRawBufferPointer(reader.delimited())
      case 0x20:
        let number = UInt32(truncatingIfNeeded: reader.varint())
        advice = RetryAdvice(rawValue: number) ?? .mayHaveRun
      case 0x28: queueMicroseconds = reader.varint()
      case 0x30: handlerMicroseconds = reader.varint()
      case 0x38: loadInFlight = UInt32(truncatingIfNeeded: reader.varint())
      case 0x40: loadPermille = UInt32(truncatingIfNeeded: reader.varint())
      default: reader.giveUp()
      }
    }
    guard reader.isPlain else { return nil }
  }

  /// Nil when the bytes are no ResponseHead. The message is in the arena.
  init?(unpacking bytes: UnsafeBufferPointer<UInt8>, in arena: Arena) {
    guard
      let head = brigade__v1__response_head__unpack(
        arena.allocator, bytes.count, bytes.baseAddress)
    else { return nil }
    let fields = head.pointee
    call = fields.call
    code = fields.code
    message = UnsafeRawBufferPointer(start: fields.message, count: strlen(fields.message))
    advice = RetryAdvice(fields.advice)
    queueMicroseconds = fields.queue_us
    handlerMicroseconds = fields.handler_us
    loadInFlight = fields.load_in_flight
    loadPermille = fields.load_permille
    packedMetadata = fields.metadata
    metadataCount = fields.n_metadata
  }
}
