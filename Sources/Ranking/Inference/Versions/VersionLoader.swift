internal import Storage

/// Loads a version and makes sure of it: that its files agree on the features, and that it scores
/// its warm-up rows as it did where it was trained. Blocks for as long as that takes.
struct VersionLoader {
  static let modelFileName = "model.txt"
  /// Of a score, or of 1 where that is larger: transforms may differ in the last digits from
  /// library to library, and XGBoost sums in 32 bits. A wrong tree is further off.
  static let tolerance = 1e-6

  var limits = ModelLimits()
  var kernel = EngineKernel.best

  func load(_ folder: VersionFolder) throws(ModelRefusal) -> LoadedVersion {
    let cardPath = folder.file(ModelCard.fileName)
    let card = try refusing(.card, cardPath) { try ModelCard.read(in: folder.path) }
    let named = card.heads.map { ($0.name, $0.file) }
    var heads: [LoadedVersion.Head] = []
    for (name, file) in named.isEmpty ? [("", Self.modelFileName)] : named {
      let model = try model(file, card, folder)
      let expected = card.features.isEmpty ? heads.first?.model.featureNames : card.features
      if let expected { try agree(model.featureNames, expected, of: folder.file(file)) }
      heads.append(LoadedVersion.Head(name: name, model: model))
    }
    let version = LoadedVersion(
      name: folder.name, version: folder.version, card: card, heads: heads)
    if let snapshot = card.snapshot {
      try agree(snapshot.features.map(\.name), version.featureNames, of: "\(cardPath): snapshot")
    }
    try warmUp(version, folder)
    return version
  }

  private func model(
    _ file: String, _ card: ModelCard, _ folder: VersionFolder
  ) throws(ModelRefusal) -> Model {
    let path = folder.file(file)
    let bytes = try refusing(.file, path) {
      try DiskFile.read(path, limitBytes: limits.fileBytes)
    }
    var model = try refusing(.file, path) {
      try ModelParser.parse(
        bytes, name: folder.name, version: folder.version, schema: card.schema, limits: limits)
    }
    model.kernel = kernel
    return model
  }

  private func agree(
    _ found: [String], _ expected: [String], of path: String
  ) throws(ModelRefusal) {
    if let difference = FeatureDifference(found: found, expected: expected) {
      throw ModelRefusal(.features, path, "\(difference)")
    }
  }

  private func refusing<Value>(
    _ reason: ModelRefusal.Reason, _ path: String, _ read: () throws -> Value
  ) throws(ModelRefusal) -> Value {
    do {
      return try read()
    } catch {
      throw ModelRefusal(reason, path, "\(error)")
    }
  }

  // MARK: Warm-up

  private func warmUp(
    _ version: LoadedVersion, _ folder: VersionFolder
  ) throws(ModelRefusal) {
    let path = folder.file(WarmUpRows.fileName)
    let expected = version.card.warmUpScores
    let found = try refusing(.file, path) { try WarmUpRows.read(in: folder.path) }
    guard let rows = found else {
      guard expected.isEmpty else {
        throw ModelRefusal(.scores, path, "is not there, but the card has its scores")
      }
      return
    }
    try agree(rows.features, version.featureNames, of: path)
    let scores = try refusing(.scores, path) {
      try version.score(matrix: rows.matrix, columns: rows.features.count)
    }
    guard !expected.isEmpty else { return }
    if let difference = Self.difference(scores, expected, heads: version.headCount) {
      throw ModelRefusal(.scores, path, difference)
    }
  }

  /// Where the scores are not those expected; nil where they are.
  static func difference(_ scores: [Double], _ expected: [Double], heads: Int) -> String? {
    guard scores.count == expected.count else {
      return "the card has \(expected.count) warm-up scores, the rows have \(scores.count)"
    }
    let first = zip(scores, expected).enumerated().first { _, pair in
      // Written so that NaN is no match.
      !(abs(pair.0 - pair.1) <= tolerance * max(1, abs(pair.1)))
    }
    guard let (index, (found, wanted)) = first else { return nil }
    return "row \(index / heads + 1) scores \(found), the card says \(wanted)"
  }
}
