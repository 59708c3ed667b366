internal import Definitions
internal import RPC

/// Which versions and feature sets the connected replicas say they have, and how many have each.
/// Replicas that say nothing are taken to have everything.
struct LoadedModels {
  private var models: [ServedModel: Int] = [:]
  private var features: [ServedFeatures: Int] = [:]
  private var defaults: Set<String> = []
  private var silentInference = 0
  private var silentFeatures = 0
  private let inferenceCount: Int
  private let featuresCount: Int
  /// As replicas of features name them, for people.
  private var featureTags: Set<String> = []

  /// - Parameters: what each connected replica says; nil where it says nothing.
  init(inference: [ServedTags?], features: [ServedTags?]) {
    inferenceCount = inference.count
    featuresCount = features.count
    for tags in inference {
      guard let texts = tags?.texts else {
        silentInference += 1
        continue
      }
      for text in texts {
        if let model = ServedModel(tag: text) { models[model, default: 0] += 1 }
        if let name = ServedModel.defaultName(tag: text) { defaults.insert(name) }
      }
    }
    for tags in features {
      guard let texts = tags?.texts else {
        silentFeatures += 1
        continue
      }
      featureTags.formUnion(texts)
      for text in texts {
        if let set = ServedFeatures(tag: text) { self.features[set, default: 0] += 1 }
      }
    }
  }

  /// No replica of inference says what it has.
  var isSilent: Bool { models.isEmpty }

  /// Nobody is connected, so that nothing is known.
  var isUnknown: Bool { inferenceCount == 0 }

  /// The model that is meant by who names none; nil where the replicas don't agree.
  var defaultName: String? {
    let names = defaults.isEmpty ? Set(models.keys.map(\.name)) : defaults
    return names.count == 1 ? names.first : nil
  }

  /// In rising order, shadows first.
  func versions(of name: String) -> [ServedModel] {
    models.keys.filter { $0.name == name }.sorted { left, right in
      guard left.isShadow == right.isShadow else { return left.isShadow }
      guard left.version == right.version else {
        return ModelVersion(text: left.version) < ModelVersion(text: right.version)
      }
      // The same version in two forms is a mistake; the one that more replicas have is likelier.
      return (share(left), left.schema) < (share(right), right.schema)
    }
  }

  /// The part of inference that has it.
  func inferenceShare(_ model: ServedModel) -> Double {
    inferenceCount == 0
      ? 0 : Double((models[model] ?? 0) + silentInference) / Double(inferenceCount)
  }

  /// The part of features that has the set it was trained on. All where neither is known.
  func featuresShare(_ model: ServedModel) -> Double {
    guard model.schema != 0, featuresCount > 0 else { return 1 }
    let count = features[ServedFeatures(schema: model.schema)] ?? 0
    return Double(count + silentFeatures) / Double(featuresCount)
  }

  /// The part of a cluster's replicas that can rank by it.
  func share(_ model: ServedModel) -> Double {
    min(inferenceShare(model), featuresShare(model))
  }

  // MARK: For people

  var modelList: String {
    let names = models.keys.map(\.reference).sorted().joined(separator: ", ")
    return names.isEmpty ? "none" : names
  }

  var featureList: String { featureTags.sorted().joined(separator: ", ") }
}
