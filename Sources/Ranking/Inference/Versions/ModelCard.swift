internal import JSON
internal import Storage

/// What is known of a model beside its trees: `card.json`, as `deploy/train` writes it. Only the
/// fingerprint of the rows' feature definition matters to scoring.
package struct ModelCard: Equatable, Sendable {
  static let fileName = "card.json"
  /// A card is read by people.
  static let bytesMax = 1 << 20

  /// Fingerprint of the feature definition that it was trained on; 0 where none is recorded.
  package var schema: UInt64

  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  package init(parsing bytes: [UInt8]) throws(Invalid) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Invalid(description: "\(Self.fileName):\(error)")
    }
    guard let schema = json["schema"] else {
      self.schema = 0
      return
    }
    guard let text = schema.string, let value = UInt64(text, radix: 16) else {
      throw Invalid(
        description: "\(Self.fileName):\(schema.position): schema is not a hexadecimal number")
    }
    self.schema = value
  }

  /// The card beside a model; a folder without one has no known schema.
  static func schema(in folder: String) throws -> UInt64 {
    let bytes: [UInt8]
    do {
      bytes = try DiskFile.read("\(folder)/\(fileName)", limitBytes: bytesMax)
    } catch DiskFile.Failure.cannotOpen {
      return 0
    }
    return try ModelCard(parsing: bytes).schema
  }
}
