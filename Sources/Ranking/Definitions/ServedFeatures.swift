/// A feature definition, as replicas of features say that they have it and as the gateway asks for it.
package struct ServedFeatures: Hashable, Sendable {
  /// The definition's fingerprint.
  package let schema: UInt64

  package init(schema: UInt64) { self.schema = schema }

  package init?(tag: String) {
    guard tag.hasPrefix(Self.prefix),
      let schema = UInt64(tag.dropFirst(Self.prefix.count), radix: 16), schema != 0
    else { return nil }
    self.schema = schema
  }

  package var tag: String { Self.prefix + String(schema, radix: 16) }

  private static let prefix = "features:"

  /// For people: fingerprints say little.
  package static func nameTag(_ name: String, version: Int) -> String {
    "\(namePrefix)\(name)/\(version)"
  }

  /// The name and version in such a tag; nil for any other.
  package static func name(tag: String) -> String? {
    tag.hasPrefix(namePrefix) ? String(tag.dropFirst(namePrefix.count)) : nil
  }

  private static let namePrefix = "feature_set:"
}
