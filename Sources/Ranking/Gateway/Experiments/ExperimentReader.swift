internal import JSON

/// From JSON to a set of experiments. Reads on after a problem, so that one run names them all;
/// nothing that it returns is used once `problems` has an entry.
struct ExperimentReader {
  private let file: String
  private var found: [(position: JSONPosition, message: String)] = []
  private var layerNames: [String: JSONPosition] = [:]
  private var experimentNames: [String: JSONPosition] = [:]
  /// Who sets a parameter, and in which layer.
  private var setters: [ArmChanges.Parameter: (experiment: String, layer: String)] = [:]

  init(file: String) { self.file = file }

  /// In the order of the file.
  var problems: [String] {
    let sorted = found.sorted {
      ($0.position.line, $0.position.column) < ($1.position.line, $1.position.column)
    }
    let told = sorted.prefix(ExperimentError.problemsMax).map {
      "\(file):\($0.position): \($0.message)"
    }
    guard let next = sorted.dropFirst(told.count).first else { return told }
    return told + ["\(file):\(next.position): and \(sorted.count - told.count) more problems"]
  }

  mutating func problem(_ message: String, at position: JSONPosition) {
    found.append((position, message))
  }

  mutating func set(_ root: JSONValue) -> ExperimentSet? {
    guard
      let object = ExperimentObject(root, keys: ["layers"], reader: &self, what: "the file"),
      let values = object.array("layers", in: 0...ExperimentLayer.countMax, reader: &self)
    else { return nil }
    let layers = values.compactMap { layer($0) }
    let count = layers.reduce(0) { $0 + $1.experiments.count }
    if count > Experiment.countMax {
      problem(
        "there are \(count) experiments; \(Experiment.countMax) are possible",
        at: object.position(of: "layers"))
    }
    let arms = layers.flatMap(\.experiments).reduce(0) { $0 + $1.arms.count }
    if arms > Experiment.armsTogetherMax {
      problem(
        "the experiments have \(arms) arms together; \(Experiment.armsTogetherMax) are possible",
        at: object.position(of: "layers"))
    }
    return ExperimentSet(layers: layers)
  }

  /// - Parameter other: where the name stood before; nil where it did not.
  private mutating func refuseTwice(
    _ what: String, _ name: String, at position: JSONPosition, after other: JSONPosition?
  ) {
    guard let other else { return }
    problem("\(what) \"\(name)\" stands twice, first at \(other)", at: position)
  }

  // MARK: Layers

  private mutating func layer(_ value: JSONValue) -> ExperimentLayer? {
    guard
      let object = ExperimentObject(
        value, keys: ["name", "unit", "area_km", "description", "experiments"], reader: &self,
        what: "a layer")
    else { return nil }
    let name = object.name(reader: &self)
    if let name {
      let position = object.position(of: "name")
      refuseTwice(
        "the layer", name, at: position, after: layerNames.updateValue(position, forKey: name))
    }
    let unit = unit(object)
    let values = object.array("experiments", in: 0...Experiment.countMax, reader: &self)
    var experiments: [Experiment] = []
    for value in values ?? [] {
      guard let experiment = experiment(value, layer: name ?? "") else { continue }
      refuseOverlap(of: experiment, with: experiments, at: value.position)
      experiments.append(experiment)
    }
    guard let name, let unit, values != nil else { return nil }
    return ExperimentLayer(name, unit: unit, experiments: experiments)
  }

  private mutating func unit(_ object: ExperimentObject) -> ExperimentUnit? {
    let unit = object.choice("unit", among: ["user", "area", "request"], reader: &self)
    if unit != nil, unit != "area", object["area_km"] != nil {
      problem("\"area_km\" is of a layer whose unit is area", at: object.position(of: "area_km"))
    }
    switch unit {
    case "user": return .user
    case "request": return .request
    case "area":
      return object.required("area_km", in: AreaCell.sizesKilometres, reader: &self)
        .map { .area(kilometres: $0) }
    default: return nil
    }
  }

  private mutating func refuseOverlap(
    of experiment: Experiment, with others: [Experiment], at position: JSONPosition
  ) {
    for other in others where other.slice.overlaps(experiment.slice) {
      func text(_ parts: Int) -> String { "\(Double(parts) / Double(ExperimentLayer.parts))" }
      problem(
        "\"\(experiment.name)\" overlaps \"\(other.name)\", which has the layer from "
          + "\(text(other.slice.lowerBound)) to \(text(other.slice.upperBound))", at: position)
    }
  }

  // MARK: Experiments

  private mutating func experiment(_ value: JSONValue, layer: String) -> Experiment? {
    guard
      let object = ExperimentObject(
        value, keys: ["name", "from", "share", "description", "arms"], reader: &self,
        what: "an experiment")
    else { return nil }
    let name = object.name(reader: &self)
    if let name {
      let position = object.position(of: "name")
      refuseTwice(
        "the experiment", name, at: position,
        after: experimentNames.updateValue(position, forKey: name))
    }
    let slice = slice(object)
    let arms = arms(object)
    if let name, let arms { checkParameters(of: arms, name, layer, at: object.position) }
    guard let name, let slice, let arms, !arms.isEmpty else { return nil }
    return Experiment(name, slice: slice, arms: arms)
  }

  private mutating func slice(_ object: ExperimentObject) -> Range<Int>? {
    let from = object["from"] == nil ? 0 : object.fraction("from", reader: &self)
    let share = object.fraction("share", reader: &self)
    guard let from, let share else { return nil }
    guard from + share <= ExperimentLayer.parts else {
      problem(
        "\"from\" and \"share\" are more than 1 together", at: object.position(of: "share"))
      return nil
    }
    return from..<from + share
  }

  /// Two layers with one parameter would each have a say, and the last one win.
  private mutating func checkParameters(
    of arms: [Experiment.Arm], _ name: String, _ layer: String, at position: JSONPosition
  ) {
    let parameters = Set(arms.flatMap(\.changes.parameters))
    for parameter in ArmChanges.Parameter.allCases where parameters.contains(parameter) {
      guard let other = setters[parameter] else {
        setters[parameter] = (name, layer)
        continue
      }
      guard other.layer != layer else { continue }
      problem(
        "\"\(name)\" of layer \"\(layer)\" sets \(parameter.rawValue), as \"\(other.experiment)\" "
          + "of layer \"\(other.layer)\" does: both have to be in one layer", at: position)
    }
  }

  // MARK: Arms

  private mutating func arms(_ object: ExperimentObject) -> [Experiment.Arm]? {
    guard let values = object.array("arms", in: 1...Experiment.armsMax, reader: &self) else {
      return nil
    }
    var names: [String: JSONPosition] = [:]
    var arms: [Experiment.Arm] = []
    for value in values {
      guard
        let object = ExperimentObject(
          value, keys: ["name", "weight", "description", "set"], reader: &self, what: "an arm")
      else { continue }
      let name = object.name(reader: &self)
      if let name {
        let position = object.position(of: "name")
        refuseTwice("the arm", name, at: position, after: names.updateValue(position, forKey: name))
      }
      var weight: Double? = 1
      if object["weight"] != nil {
        weight = object.number("weight", in: 0.001...Experiment.weightMax, reader: &self)
      }
      var changes = ArmChanges()
      if let set = object["set"] { changes = self.changes(set) }
      if let name, let weight { arms.append(.init(name: name, weight: weight, changes: changes)) }
    }
    return arms
  }

  private mutating func changes(_ value: JSONValue) -> ArmChanges {
    var changes = ArmChanges()
    let keys = ArmChanges.Parameter.allCases.map(\.rawValue)
    guard
      let object = ExperimentObject(value, keys: keys, reader: &self, what: "\"set\" of an arm")
    else { return changes }
    func key(_ parameter: ArmChanges.Parameter) -> String { parameter.rawValue }
    changes.explorationRate = object.number(
      key(.explorationRate), in: Policy.explorationRates, reader: &self)
    changes.discoveryBonus = object.number(
      key(.discoveryBonus), in: Policy.discoveryBonuses, reader: &self)
    changes.categoryRunMax = object.integer(
      key(.categoryRunMax), in: Policy.categoryRuns, reader: &self)
    changes.head = object.value(
      key(.head), "a name or NAME=WEIGHT,…; empty for the first", reader: &self
    ) { HeadWeights($0) }
    changes.model = object.value(key(.model), "NAME or NAME/VERSION", reader: &self) {
      $0.isEmpty ? nil : ModelWish($0)
    }
    return changes
  }
}

extension ExperimentSet {
  /// The longest file read: as many experiments with as many arms as there may be, each described.
  package static let fileBytesMax = 1 << 20

  /// Refuses the file with all its problems, each as `file:line:column: …`.
  package init(parsing bytes: [UInt8], file: String) throws(ExperimentError) {
    let root: JSONValue
    do {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw ExperimentError(problems: ["\(file):\(error)"])
    }
    var reader = ExperimentReader(file: file)
    let set = reader.set(root)
    guard reader.problems.isEmpty, let set else {
      throw ExperimentError(problems: reader.problems)
    }
    self = set
  }
}
