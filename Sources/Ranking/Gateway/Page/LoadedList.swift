internal import Definitions
internal import JSON
internal import RPC

/// What a replica says it has loaded, for people: versions of models with what they were trained on,
/// feature sets, and whatever else it names. Pure.
struct LoadedList: Equatable, Sendable {
  /// More are only counted.
  static let countMax = 16
  static let timesMax = 2 * countMax + 2
  /// The words are another process's.
  static let textLengthMax = 120

  enum Kind: String, Sendable {
    case model
    /// It scores beside the others, and answers only who asks for it.
    case shadow
    /// The name that people gave a feature definition.
    case featureSet = "feature_set"
    /// A definition's fingerprint.
    case features
    case other
  }

  struct Entry: Equatable, Sendable {
    var kind: Kind
    var name: String
    /// Tag of the set that a model was trained on.
    var features: String?
  }

  private(set) var entries: [Entry] = []
  private(set) var leftOut = 0
  /// How fresh what it has is.
  private(set) var times: [ServedTime] = []

  init(_ tags: ServedTags) {
    let models = tags.texts.compactMap { ServedModel(tag: $0) }
    let hasSeveralNames = Set(models.map(\.name)).count > 1
    var all = models.sorted { Self.isBefore($0, $1) }.map { model in
      Entry(
        kind: model.isShadow ? .shadow : .model, name: model.reference,
        features: model.schema == 0 ? nil : ServedFeatures(schema: model.schema).tag)
    }
    for text in tags.texts where ServedModel(tag: text) == nil {
      if let time = ServedTime(tag: text) {
        times.append(time)
      } else if let set = ServedFeatures(tag: text) {
        all.append(Entry(kind: .features, name: set.tag))
      } else if let name = ServedFeatures.name(tag: text) {
        all.append(Entry(kind: .featureSet, name: name))
      } else if ServedModel.defaultName(tag: text) == nil || hasSeveralNames {
        // Which of one name is the default needs no telling.
        all.append(Entry(kind: .other, name: text))
      }
    }
    times = Array(times.prefix(Self.timesMax))
    leftOut = max(0, all.count - Self.countMax)
    entries = all.prefix(Self.countMax).map { entry in
      var entry = entry
      entry.name = String(entry.name.prefix(Self.textLengthMax))
      return entry
    }
  }

  /// The highest version of each model first: it is what people look for.
  private static func isBefore(_ left: ServedModel, _ right: ServedModel) -> Bool {
    if left.name != right.name { return left.name < right.name }
    return ModelVersion(text: right.version) < ModelVersion(text: left.version)
  }

  /// Writes members of a replica.
  func write(to json: inout JSONWriter) {
    json.key("loaded")
    json.array { json in
      for entry in entries {
        json.object { json in
          json.member("kind", entry.kind.rawValue)
          json.member("name", entry.name)
          if let features = entry.features { json.member("features", features) }
        }
      }
    }
    if leftOut > 0 { json.member("loadedBesides", leftOut) }
    guard !times.isEmpty else { return }
    json.key("times")
    json.array { json in
      for time in times {
        json.object { json in
          json.member("kind", time.kind.rawValue)
          json.member("name", String(time.name.prefix(Self.textLengthMax)))
          json.member("unixMs", time.unixSeconds * 1_000)
        }
      }
    }
  }
}
