/// The models a replica has loaded, by name and version. A value: reloading makes another.
package struct ModelStore: Sendable {
  /// Sorted by name, then version.
  package let models: [Model]
  private let defaultName: String?
  private let byName: [String: [Model]]

  /// - Parameter defaultName: what an empty reference means; with a single name it may be left out.
  package init(_ models: [Model], defaultName: String? = nil) {
    let groups = Dictionary(grouping: models, by: \.name)
    byName = groups.mapValues { group in
      group.sorted { ModelVersion(text: $0.version) < ModelVersion(text: $1.version) }
    }
    let names = byName.keys.sorted()
    self.models = names.flatMap { [byName] in byName[$0] ?? [] }
    self.defaultName = defaultName ?? (names.count == 1 ? names[0] : nil)
  }

  package var names: [String] { byName.keys.sorted() }

  /// The model of a reference: `name/version`, `name` for its highest version, or the empty string
  /// for the default name's highest.
  package func model(_ reference: String) throws(ModelLookupError) -> Model {
    guard !models.isEmpty else { throw .noModels }
    let parts = reference.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if name.isEmpty && parts.count == 1 { return try defaultModel() }
    let versions = try versions(of: name)
    guard parts.count == 2 else { return versions[versions.count - 1] }
    guard let model = versions.first(where: { $0.version == parts[1] }) else {
      let known = versions.map(\.version)
      throw .unknownVersion(String(parts[1]), name: name, versions: known)
    }
    return model
  }

  private func defaultModel() throws(ModelLookupError) -> Model {
    guard let defaultName else { throw .ambiguousDefault(names: names) }
    let versions = try versions(of: defaultName)
    return versions[versions.count - 1]
  }

  /// Never empty.
  private func versions(of name: String) throws(ModelLookupError) -> [Model] {
    guard let versions = byName[name] else { throw .unknownName(name, names: names) }
    return versions
  }
}
