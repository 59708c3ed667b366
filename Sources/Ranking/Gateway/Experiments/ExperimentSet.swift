internal import JSON
internal import RPC

/// All experiments that are under way. Pure: a question's arms hang on nothing but the question.
///
///     {"layers": [
///       {"name": "policy", "unit": "user", "experiments": [
///         {"name": "variety", "from": 0, "share": 0.2, "arms": [
///           {"name": "control", "weight": 9},
///           {"name": "single", "weight": 1, "set": {"category_run_max": 1}}]}]}]}
///
/// - A layer's `unit` is `user`, `request` or `area`, which has `area_km`, the side of a cell.
/// - An experiment has its layer from `from` (0 where absent) on, as far as `share` reaches; slices of
///   one layer do not overlap. Two whose arms set one parameter are in one layer.
/// - An arm's `weight` is 1 where absent; `set` has any of `ArmChanges.Parameter`, and a control none.
/// - `description` is for people, anywhere. Unknown keys are refused.
package struct ExperimentSet: Equatable, Sendable {
  let layers: [ExperimentLayer]

  package static let none = ExperimentSet(layers: [])

  var experiments: [Experiment] { layers.flatMap(\.experiments) }

  /// What arms would have requests scored by.
  var models: Set<ModelWish> {
    Set(experiments.flatMap(\.arms).compactMap(\.changes.model))
  }

  /// Of each arm, among its experiment's units.
  package var chances: [Double] {
    experiments.flatMap { experiment in
      experiment.arms.indices.map { experiment.share(of: $0) }
    }
  }

  /// One of a layer at most, in the order of the layers. Allocates nothing where there is no
  /// experiment. Throws INVALID_ARGUMENT where an arm is asked for that there is not.
  func arms(for question: RankQuestion) throws(RPCError) -> [ArmChoice] {
    guard !layers.isEmpty || !question.forcedArms.isEmpty else { return [] }
    let forced = try forced(question.forcedArms)
    var choices: [ArmChoice] = []
    for (index, layer) in layers.enumerated() {
      if let choice = forced[index] ?? layer.choice(for: question) { choices.append(choice) }
    }
    return choices
  }

  /// By the layer's number.
  private func forced(_ texts: [String]) throws(RPCError) -> [Int: ArmChoice] {
    var forced: [Int: ArmChoice] = [:]
    for text in texts {
      let (layer, choice) = try forcedArm(text)
      if let other = forced.updateValue(choice, forKey: layer) {
        throw .invalidArgument(
          "force_arms: \"\(text)\" and \"\(other.experiment)=\(other.arm.name)\" are both of layer "
            + "\"\(layers[layer].name)\", where a request has one arm")
      }
    }
    return forced
  }

  private func forcedArm(_ text: String) throws(RPCError) -> (layer: Int, ArmChoice) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard parts.count == 2 else {
      throw .invalidArgument("force_arms: \"\(text)\" is not EXPERIMENT=ARM")
    }
    for (index, layer) in layers.enumerated() {
      guard let experiment = layer.experiments.first(where: { $0.name == parts[0] }) else {
        continue
      }
      guard let arm = experiment.arms.first(where: { $0.name == parts[1] }) else {
        throw .unknown(
          "arm", parts[1], of: text, among: experiment.arms.map(\.name), " of \(parts[0])")
      }
      return (index, ArmChoice(experiment: experiment.name, arm: arm, isForced: true))
    }
    throw .unknown("experiment", parts[0], of: text, among: experiments.map(\.name))
  }
}

extension RPCError {
  fileprivate static func unknown(
    _ what: String, _ name: String, of text: String, among names: [String], _ whose: String = ""
  ) -> RPCError {
    let hint =
      nearestName(to: name, among: names).map { "did you mean \"\($0)\"?" }
      ?? (names.isEmpty ? "there are none" : "there are \(names.joined(separator: ", "))")
    return .invalidArgument("force_arms: \"\(text)\": no \(what)\(whose) \"\(name)\"; \(hint)")
  }
}
