/// What is known of a setting, or of a section of settings, without its value.
struct SettingDeclaration: Sendable {
  enum Kind: Equatable, Sendable {
    case section
    /// A flag that stands alone means true.
    case boolean
    /// A value follows; `placeholder` stands for it in the help.
    case valued(placeholder: String)
  }

  /// With its sections: `retrieval.timeout_ms`.
  var key: String
  var kind: Kind
  /// What is allowed and the default, for people: `ms, 1...60000, default 40`.
  var constraints: String
  var help: String

  /// `--retrieval.timeout-ms`
  var flag: String { Self.flag(of: key) }

  static func flag(of key: String) -> String {
    "--" + String(key.map { $0 == "_" ? "-" : $0 })
  }

  /// The section it stands in, empty at the top.
  var section: Substring {
    guard let dot = key.lastIndex(of: ".") else { return "" }
    return key[..<dot]
  }
}
