/// The part of a model file above its trees.
struct ModelHeader {
  let headCount: Int
  let featureNames: [String]
  let objective: Objective
  /// Transformed scores divide the sum by the number of iterations first (random forests).
  let averagesOutput: Bool

  static let averageOutput = "average_output"
  private static let versions: Set<String> = ["v2", "v3", "v4"]

  init(_ fields: ModelFields, limits: ModelLimits) throws(ModelError) {
    let version = try fields.text("version")
    guard Self.versions.contains(version) else {
      throw ModelError(
        line: fields.line(of: "version"), .unsupportedVersion(DecimalText.excerpt(version.utf8)))
    }
    let classes = try fields.integer("num_class", in: 1...limits.heads)
    headCount = try fields.integer("num_tree_per_iteration", in: classes...classes)
    let lastFeature = try fields.integer("max_feature_idx", in: 0...(limits.features - 1))
    featureNames = try fields.words("feature_names", count: lastFeature + 1)
    if fields.contains("objective") {
      objective = try Objective(
        try fields.text("objective"), headCount: headCount, line: fields.line(of: "objective"))
    } else {
      objective = .custom
    }
    averagesOutput = fields.contains(Self.averageOutput)
  }
}
