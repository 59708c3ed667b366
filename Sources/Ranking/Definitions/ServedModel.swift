/// A version of a model, as replicas of inference say that they have it and as the gateway asks for
/// it. proto/WIRE.md has the words.
package struct ServedModel: Hashable, Sendable {
  package let name: String
  package let version: String
  /// Fingerprint of the feature definition that it was trained on; 0: unknown.
  package let schema: UInt64
  /// It scores beside the others, and answers only who asks for it by its version.
  package let isShadow: Bool

  package init(name: String, version: String, schema: UInt64, isShadow: Bool = false) {
    self.name = name
    self.version = version
    self.schema = schema
    self.isShadow = isShadow
  }

  /// Nil for what is no version of a model.
  package init?(tag: String) {
    let kind = tag.prefix { $0 != ":" }
    guard kind == Self.kind || kind == Self.shadowKind, kind.count < tag.count else { return nil }
    var reference = tag.dropFirst(kind.count + 1)
    var schema: UInt64 = 0
    if let space = reference.lastIndex(of: " "),
      let features = ServedFeatures(tag: String(reference[space...].dropFirst()))
    {
      schema = features.schema
      reference = reference[..<space]
    }
    let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(
      name: String(parts[0]), version: String(parts[1]), schema: schema,
      isShadow: kind == Self.shadowKind)
  }

  package var tag: String {
    let kind = isShadow ? Self.shadowKind : Self.kind
    let features = schema == 0 ? "" : " " + ServedFeatures(schema: schema).tag
    return "\(kind):\(reference)\(features)"
  }

  package var reference: String { "\(name)/\(version)" }

  private static let kind = "model"
  private static let shadowKind = "shadow"

  // MARK: The default

  private static let defaultPrefix = "default:"

  /// Says which name is meant by who names no model.
  package static func defaultTag(_ name: String) -> String { defaultPrefix + name }

  package static func defaultName(tag: String) -> String? {
    tag.hasPrefix(defaultPrefix) ? String(tag.dropFirst(defaultPrefix.count)) : nil
  }
}
