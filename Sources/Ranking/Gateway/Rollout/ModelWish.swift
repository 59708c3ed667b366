/// Which model is to score requests.
struct ModelWish: Hashable, Sendable {
  /// Of a reference: names are folders.
  static let bytesMax = 200

  /// Empty: the one that inference takes for its default.
  let name: String
  /// Nil: the highest that the replicas can serve.
  let version: String?

  /// `name`, `name/version` or nothing; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let isGiven = !text.isEmpty
    guard parts.count <= 2, text.utf8.count <= Self.bytesMax,
      !isGiven || parts.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) })
    else { return nil }
    name = parts.first ?? ""
    version = parts.count == 2 ? parts[1] : nil
  }

  static let anything = ModelWish(name: "", version: nil)

  private init(name: String, version: String?) {
    self.name = name
    self.version = version
  }

  /// As inference takes it.
  var reference: String { version.map { "\(name)/\($0)" } ?? name }

  /// - Parameter scored: as inference says what it scored with.
  func isMet(by scored: String) -> Bool {
    version == nil ? scored.prefix { $0 != "/" } == name : scored == reference
  }
}

/// Where the wish comes from.
enum ModelSource: Equatable, Sendable, CustomStringConvertible {
  case fixed(ModelWish)
  /// A file whose first line is the wish, watched; `#` begins a comment.
  case file(String)

  private static let filePrefix = "file:"

  init?(_ text: String) {
    if text.hasPrefix(Self.filePrefix) {
      let path = String(text.dropFirst(Self.filePrefix.count))
      guard !path.isEmpty else { return nil }
      self = .file(path)
      return
    }
    guard let wish = ModelWish(text) else { return nil }
    self = .fixed(wish)
  }

  var description: String {
    switch self {
    case .fixed(let wish): wish.reference
    case .file(let path): Self.filePrefix + path
    }
  }
}
