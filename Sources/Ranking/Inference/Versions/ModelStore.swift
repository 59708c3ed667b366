internal import Definitions

/// The versions that a replica serves, by name and version. A value: reloading makes another.
package struct ModelStore: Sendable {
  /// Sorted by name, then version.
  package let versions: [LoadedVersion]
  private let defaultName: String?
  private let byName: [String: Group]

  private struct Group: Sendable {
    /// In rising order, never empty.
    var versions: [LoadedVersion]
    /// Those that answer who names no version; all of them where there are no others.
    var serving: [LoadedVersion]
    var shadow: LoadedVersion?
  }

  /// - Parameters:
  ///   - defaultName: what an empty reference means; with a single name it may be left out.
  ///   - shadow: name/version that only scores beside the others, as do those whose card says so.
  package init(_ versions: [LoadedVersion], defaultName: String? = nil, shadow: String = "") {
    byName = Dictionary(grouping: versions, by: \.name).mapValues { group in
      let sorted = group.sorted { ModelVersion(text: $0.version) < ModelVersion(text: $1.version) }
      let serving = sorted.filter { $0.reference != shadow && !$0.card.isShadow }
      let shadows = sorted.filter { $0.reference == shadow || $0.card.isShadow }
      return Group(
        versions: sorted, serving: serving.isEmpty ? sorted : serving,
        shadow: serving.isEmpty ? nil : shadows.last)
    }
    let names = byName.keys.sorted()
    self.versions = names.flatMap { [byName] in byName[$0]?.versions ?? [] }
    self.defaultName = defaultName ?? (names.count == 1 ? names[0] : nil)
  }

  package var names: [String] { byName.keys.sorted() }

  /// The version of a reference: `name/version`, or `name` for the highest that takes such rows, or
  /// the empty string for the default name's. Where none takes them, the highest says why.
  package func version(
    _ reference: String, schema: UInt64 = 0, columns: Int? = nil
  ) throws(ModelLookupError) -> LoadedVersion {
    guard !versions.isEmpty else { throw .noModels }
    let parts = reference.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard parts.count == 2 else {
      let serving = try group(name).serving
      return serving.last { $0.takes(schema: schema, columns: columns) }
        ?? serving[serving.count - 1]
    }
    guard !name.isEmpty else { throw .unknownName(name, names: names) }
    let group = try group(name)
    guard let version = group.versions.first(where: { $0.version == parts[1] }) else {
      let known = group.versions.map(\.version)
      throw .unknownVersion(String(parts[1]), name: name, versions: known)
    }
    return version
  }

  /// What callers are told of it: a tag a version, and how fresh those are.
  package var tags: [String] {
    let loaded = versions.map { version in
      let isServing = byName[version.name]?.serving.contains { $0.version == version.version }
      return ServedModel(
        name: version.name, version: version.version, schema: version.schema,
        isShadow: isServing != true
      ).tag
    }
    return ServedTime.tags(
      loaded + (defaultName.map { [ServedModel.defaultTag($0)] } ?? []), versions.flatMap(\.times))
  }

  /// What scores beside a name's versions; nil for most.
  package func shadow(of name: String) -> LoadedVersion? { byName[name]?.shadow }

  /// Empty: the default one's.
  private func group(_ name: String) throws(ModelLookupError) -> Group {
    guard let name = name.isEmpty ? defaultName : name else {
      throw .ambiguousDefault(names: names)
    }
    guard let group = byName[name] else { throw .unknownName(name, names: names) }
    return group
  }
}
