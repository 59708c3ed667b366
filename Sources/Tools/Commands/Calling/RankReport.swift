internal import Messages

/// A ranked list as a person reads it.
struct RankReport {
  private let response: RankResponse

  init(_ response: RankResponse) { self.response = response }

  func text(_ console: Console) -> String {
    var table = TextTable([
      "#": .right, "name": .left, "category": .left, "km": .right, "price": .left,
      "stars": .right, "score": .right, "": .left,
    ])
    for (index, item) in response.items.enumerated() {
      table.append([
        String(index + 1), item.name, item.category, item.distanceKilometres.fixed(2),
        String(repeating: "$", count: Int(min(item.price, 4))),
        item.rating < 0 ? "-" : item.rating.fixed(1), item.score.fixed(3),
        item.explored ? "explored" : "",
      ])
    }
    return [table.text, "", summary(console)].joined(separator: "\n")
  }

  func summary(_ console: Console) -> String {
    let model = response.model.isEmpty ? "no model" : "model \(response.model)"
    var line =
      "\(response.items.count) of \(response.candidates) candidates · \(model) · "
      + "\(milliseconds(response.elapsedMicroseconds)) ms in \(response.replica) · "
      + "request \(response.requestID)"
    if !response.arms.isEmpty { line += "\n" + response.arms.described(console) }
    for hop in response.hops where hop.rung != .primary {
      line += "\n"
      let name = "\(hop.method): \(hop.rung.name)"
      let style: Console.Style = hop.rung.isFallback ? .yellow : .dim
      line += console.styled(name, style) + " — \(hop.why)"
    }
    return response.degraded ? console.styled("degraded", .yellow) + " · " + line : line
  }
}

extension [Arm] {
  /// `experiments: model=next (not applied: …) · variety=more (forced)`
  func described(_ console: Console) -> String {
    let arms = map { arm in
      var text = "\(arm.experiment)=\(arm.arm)"
      if arm.forced { text += " (forced)" }
      return arm.applied
        ? text : console.styled("\(text) (not applied: \(arm.why))", .yellow)
    }
    return "experiments: \(arms.joined(separator: " · "))"
  }
}

extension Rung {
  /// In words.
  var name: String {
    switch self {
    case .primary: "first replica asked"
    case .otherReplica: "another replica"
    case .lastGood: "last good candidates"
    case .popular: "popular list"
    case .lightModel: "light model"
    case .retrievalOrder: "retrieval order"
    case .without: "went on without"
    case .skipped: "skipped"
    }
  }

  var isFallback: Bool {
    switch self {
    case .primary, .otherReplica, .skipped: false
    default: true
    }
  }
}
