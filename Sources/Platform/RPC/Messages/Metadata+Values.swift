extension Metadata {
  /// Names that end in it have any bytes for a value, others text; as gRPC has it.
  package static let binarySuffix = "-bin"

  package init(_ name: String, _ value: [UInt8]) {
    self.init()
    self.name = name
    self.value = value
  }

  package init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

  /// Nil when the value is no UTF-8.
  package var text: String? { String(validating: value, as: UTF8.self) }
}

extension [Metadata] {
  /// The first value of a name.
  package subscript(name: String) -> [UInt8]? { first { $0.name == name }?.value }

  /// What limits count.
  var bytes: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.count } }

  /// Why a head can't carry them; nil when it can.
  func problem(_ limits: Limits) -> RPCError? {
    guard bytes <= limits.metadataBytesMax else {
      return RPCError(
        .resourceExhausted,
        "\(bytes) bytes of metadata; at most \(limits.metadataBytesMax) are taken", advice: .never)
    }
    guard let wrong = first(where: { !$0.hasValidName }) else { return nil }
    return .invalidArgument("\"\(wrong.name)\" is no name of metadata")
  }
}

extension Metadata {
  fileprivate var hasValidName: Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x61...0x7A: true
        default: "-_.".utf8.contains(byte)
        }
      }
  }
}
