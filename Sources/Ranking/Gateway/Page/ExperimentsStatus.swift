internal import JSON

/// Which experiments a gateway has under way and what its arms had, as a member of `/status`. Pure.
struct ExperimentsStatus: Equatable, PageJSON {
  /// Of a refused file; more are only counted.
  static let problemsMax = 8

  /// Rank requests since the arms of the experiment are as they are.
  struct Requests: Equatable, Sendable {
    var all: Int
    /// Of them.
    var notApplied: Int
  }

  var set: ExperimentSet
  /// Why the file cannot be used as it is now.
  var refusal: ExperimentError?
  /// By experiment and arm; arms that are not counted are absent.
  var requests: [String: [String: Requests]]

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.key("underWay")
      json.array { json in
        for layer in set.layers {
          for experiment in layer.experiments { write(experiment, of: layer, &json) }
        }
      }
      let problems = refusal?.problems ?? []
      json.key("problems")
      json.array { json in
        for problem in problems.prefix(Self.problemsMax) {
          json.value(String(problem.prefix(RecentReasons.textLengthMax)))
        }
      }
      if problems.count > Self.problemsMax {
        json.member("problemsBesides", problems.count - Self.problemsMax)
      }
    }
  }

  private func write(
    _ experiment: Experiment, of layer: ExperimentLayer, _ json: inout JSONWriter
  ) {
    let requests = requests[experiment.name] ?? [:]
    let sum = requests.values.reduce(0) { $0 + $1.all }
    json.object { json in
      json.member("name", experiment.name)
      json.member("layer", layer.name)
      json.member("unit", layer.unit.name)
      if case .area(let kilometres) = layer.unit { json.member("areaKm", kilometres) }
      json.member("share", Double(experiment.slice.count) / Double(ExperimentLayer.parts))
      json.key("arms")
      json.array { json in
        for (index, arm) in experiment.arms.enumerated() {
          let share = experiment.share(of: index)
          json.object { json in
            json.member("name", arm.name)
            json.member("share", share)
            guard let requests = requests[arm.name] else { return }
            json.member("requests", requests.all)
            json.member("notApplied", requests.notApplied)
            let split = ArmSplit(requests: requests.all, of: sum, share: share)
            json.member("split", split.rawValue)
          }
        }
      }
    }
  }
}

extension ExperimentUnit {
  /// As files name it.
  fileprivate var name: String {
    switch self {
    case .user: "user"
    case .area: "area"
    case .request: "request"
    }
  }
}
