/// Experiments of which a unit is in one at most, each with its own slice of the layer. Layers do
/// not know of each other: what a unit has in one says nothing about what it has in another.
///
/// The unit is the layer's, since of two experiments with different units one request could be in
/// both.
struct ExperimentLayer: Equatable, Sendable {
  /// A layer's slices are cut in millionths, whole numbers, so that 0.1 and 0.2 end where 0.3 begins.
  static let parts = 1_000_000
  /// A request has as many arms at most: they are told in its answer and in its trace.
  static let countMax = 8

  let name: String
  let unit: ExperimentUnit
  let experiments: [Experiment]
  private let hash: UnitHash

  init(_ name: String, unit: ExperimentUnit, experiments: [Experiment]) {
    self.name = name
    self.unit = unit
    self.experiments = experiments
    hash = UnitHash(salt: "layer/\(name)")
  }

  /// Where in the layer a unit stands, in millionths.
  func place(of unit: String) -> Int {
    Int(hash.value(of: unit).multipliedFullWidth(by: UInt64(Self.parts)).high)
  }

  /// Nil for a question without a unit, or whose unit is in no experiment.
  func choice(for question: RankQuestion) -> ArmChoice? {
    guard let unit = unit.text(of: question) else { return nil }
    let place = place(of: unit)
    guard let experiment = experiments.first(where: { $0.slice.contains(place) }) else {
      return nil
    }
    return ArmChoice(experiment: experiment.name, arm: experiment.arm(of: unit))
  }
}

/// One request's arm in one experiment.
struct ArmChoice: Equatable, Sendable {
  let experiment: String
  let arm: Experiment.Arm
  /// The caller has asked for it.
  var isForced = false
}
