import Glibc
import Inference
import TestSupport

/// Versions of small models, in memory and in folders.
enum SampleVersion {
  static let columns = ["distance", "cuisine", "price=level"]

  static func load(
    _ name: String, _ version: String, schema: UInt64 = 0, isShadow: Bool = false,
    text: String = SampleModel.mixed
  ) throws -> LoadedVersion {
    var card = ModelCard()
    card.schema = schema
    card.isShadow = isShadow
    return LoadedVersion(
      name: name, version: version, card: card,
      heads: [.init(model: try SampleModel.load(text, name: name, version: version))])
  }

  /// Scores of one column whatever its value: by them a version is known.
  static func constant(_ name: String, _ version: String, _ score: Double) throws -> LoadedVersion {
    try load(name, version, text: SampleModel.constant([score], objective: nil))
  }
}

extension TemporaryFolder {
  func addModel(
    _ reference: String, _ text: String = SampleModel.mixed, card: String? = nil,
    warmUp: String? = nil
  ) {
    write(text, to: "\(reference)/model.txt")
    if let warmUp { write(warmUp, to: "\(reference)/warmup.csv") }
    if let card { write(card, to: "\(reference)/card.json") }
  }

  /// Out of sight of who looks at the folder.
  func takeAway(_ relative: String) {
    let target = file("gone-\(UInt64.random(in: 0 ... .max))")
    precondition(rename(file(relative), target) == 0, "rename \(relative): \(errno)")
  }
}
