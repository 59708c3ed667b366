internal import Definitions
internal import Messages

/// An explanation as a person reads it.
struct ExplanationReport {
  /// As wide as a terminal that is not narrow.
  private static let widthMax = 118
  private static let indent = "  "

  private let explanation: Explanation
  private let response: RankResponse

  init(_ explanation: Explanation, _ response: RankResponse) {
    self.explanation = explanation
    self.response = response
  }

  func text(_ console: Console) -> String {
    var parts = [RankReport(response).summary(console)]
    if !explanation.arms.isEmpty { parts.append(arms) }
    parts.append(rules)
    parts += explanation.items.map { block($0, console) }
    return parts.joined(separator: "\n\n")
  }

  private var arms: String {
    var table = TextTable(["experiment": .left, "arm": .left, "applied": .left, "sets": .left])
    for arm in explanation.arms {
      table.append([
        arm.experiment, arm.arm, arm.applied ? "yes" : "no",
        arm.changes.isEmpty ? "nothing" : arm.changes,
      ])
    }
    return table.text
  }

  private var rules: String {
    var table = TextTable(["rule": .left, "fired": .left, "what": .left])
    for rule in explanation.rules {
      table.append([rule.name, rule.fired ? "yes" : "no", rule.what])
    }
    return table.text
  }

  private func block(_ item: ExplainedItem, _ console: Console) -> String {
    let name = item.name.isEmpty ? item.id : "\(item.name) (\(item.id))"
    let style: Console.Style = item.fate == .shown ? .green : .yellow
    var lines = ["\(console.styled(verdict(item), style)): \(name)"]
    func add(_ title: String, _ text: String) {
      guard !text.isEmpty else { return }
      lines.append(Self.indent + title.padded(to: 11) + text)
    }
    add("why", item.why)
    add("retrieved", retrieved(item))
    add("scored", scored(item))
    for move in item.moves {
      add("rule", "\(move.rule): \(move.from) → \(move.to), \(move.why)")
    }
    for (number, line) in features(item).enumerated() {
      add(number == 0 ? "features" : "", line)
    }
    return lines.joined(separator: "\n")
  }

  private func verdict(_ item: ExplainedItem) -> String {
    switch item.fate {
    case .shown: "#\(item.position)"
    case .notTold: "not among the candidates"
    case .unknown: "unknown"
    case .filtered: "filtered"
    case .notRetrieved: "not retrieved"
    case .retrieved: "retrieved"
    case .rankedBelow: "ranked below"
    case .ruledOut: "ruled out"
    }
  }

  private func retrieved(_ item: ExplainedItem) -> String {
    guard item.fate != .unknown, item.fate != .notTold else { return "" }
    let distance = "\(item.distanceKilometres.fixed(2)) km away"
    guard item.retrievedRank > 0 else { return distance }
    let names = CandidateSources.Name.allCases.filter { item.sources & $0.bit != 0 }
    let fit = explanation.matched > 0 ? "; \(explanation.matched) fit" : ""
    return "no. \(item.retrievedRank) of \(response.candidates) candidates\(fit)"
      + " · by \(names.map(\.rawValue).joined(separator: ", "))"
      + " · first stage \(item.retrievedScore.fixed(3)) · \(distance)"
  }

  private func scored(_ item: ExplainedItem) -> String {
    guard item.scoredRank > 0 else { return "" }
    var text = "no. \(item.scoredRank) by \(explanation.scorer)"
    if item.scores.count == explanation.heads.count, !item.scores.isEmpty {
      text += " ·"
      for (head, score) in zip(explanation.heads, item.scores) {
        text += " \(head) \(score.fixed(4))"
      }
    }
    return item.scores.first == item.score ? text : text + " · ranked with \(item.score.fixed(4))"
  }

  /// Names with values, in columns.
  private func features(_ item: ExplainedItem) -> [String] {
    guard item.features.count == explanation.features.count else { return [] }
    let cells = zip(explanation.features, item.features).map { "\($0) \(shown($1))" }
    let width = (cells.map(\.count).max() ?? 0) + 2
    let columns = max(1, (Self.widthMax - 13) / width)
    return stride(from: 0, to: cells.count, by: columns).map { start in
      let row = cells[start..<min(start + columns, cells.count)]
      return row.dropLast().map { $0.padded(to: width) }.joined() + (row.last ?? "")
    }
  }

  private func shown(_ value: Float) -> String {
    guard value.isFinite else { return "-" }
    return value == value.rounded() && value.magnitude < 1e9
      ? String(Int(value)) : Double(value).fixed(4)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
