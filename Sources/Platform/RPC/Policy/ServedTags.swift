/// Something that not every replica has loaded, by name: a version of a model, a set of features.
/// What the names mean is up to services and their callers.
package struct ServedTag: Hashable, Sendable, CustomStringConvertible {
  package let text: String
  /// What replicas are compared by; never 0.
  let hash: UInt64

  package init(_ text: String) {
    self.text = text
    // FNV-1a, 64 bits: the same tag twice in a cluster's life by accident is not to be expected.
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    self.hash = max(1, hash)
  }

  package var description: String { text }
}

/// What a replica says it has loaded. One that says nothing is taken to have everything, as one of an
/// older version does not know how to say it.
package struct ServedTags: Equatable, Sendable {
  /// Versions that one process keeps loaded: dozens at most.
  package static let countMax = 64
  /// All of them together have to fit in the smallest hello.
  package static let bytesMax = 4 << 10

  /// Sorted.
  package let tags: [ServedTag]
  let hashes: [UInt64]

  /// Nil where there are none, or more than fit.
  package init?(_ texts: [String]) {
    guard !texts.isEmpty, texts.count <= Self.countMax, texts.allSatisfy({ !$0.isEmpty }),
      texts.reduce(0, { $0 + $1.utf8.count }) <= Self.bytesMax
    else { return nil }
    tags = texts.sorted().map { ServedTag($0) }
    hashes = tags.map(\.hash)
  }

  package var texts: [String] { tags.map(\.text) }

  package func contains(_ tag: ServedTag) -> Bool { hashes.contains(tag.hash) }
}

extension ServedTags: CustomStringConvertible {
  package var description: String { texts.joined(separator: ", ") }
}
