internal import JSON

/// What `brigade evaluate` prints of a run.
struct EvaluationReport {
  let mode: EvaluationMode
  let tally: EvaluationTally
  /// Names of the sources by bit; a bit without one is shown by its number.
  let sourceNames: [String]
  /// That scored.
  let model: String
  /// Empty where nothing was appended.
  let lag: LagSummary

  private var rankings: [(name: String, pair: EvaluationTally.Pair)] {
    Heuristic.allCases.map { ($0.rawValue, tally.heuristics[$0] ?? EvaluationTally.Pair()) }
      + [(model.isEmpty ? "served, no model" : "model \(model)", tally.served)]
  }

  private func sourceName(_ bit: Int) -> String {
    sourceNames.indices.contains(bit) ? sourceNames[bit] : "source \(bit)"
  }

  private static func share(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? .nan : Double(part) / Double(whole)
  }

  var text: String {
    let (all, first) = (tally.served.all, tally.served.first)
    var lines = [
      "\(mode.title): \(all.visits) visits, \(first.visits) of them a user's first to the place",
      "recall@\(EvaluationReplay.count) \(all.recall.fixed(3)), first visits "
        + "\(first.recall.fixed(3)); coverage \((tally.coverage * 100).fixed(1)) % of the catalogue "
        + "in a first ten",
    ]
    if tally.degraded > 0 { lines.append("\(tally.degraded) answers were degraded") }
    lines += ["", rankingTable]
    if !tally.sources.isEmpty { lines += ["", sourceTable] }
    if let line = lagLine { lines += ["", line] }
    return lines.joined(separator: "\n")
  }

  private var rankingTable: String {
    var table = TextTable([
      "ranking": .left, "Acc@1": .right, "Acc@10": .right, "NDCG@10": .right, "AUC": .right,
    ])
    for ranking in rankings { table.append([ranking.name] + ranking.pair.all.cells) }
    table.append(["first visits", "", "", "", ""])
    for ranking in rankings { table.append(["  " + ranking.name] + ranking.pair.first.cells) }
    return table.text
  }

  private var sourceTable: String {
    let visits = tally.served.all.visits
    var table = TextTable([
      "source": .left, "recall": .right, "alone": .right, "first visits": .right,
      "candidates": .right,
    ])
    for (bit, source) in tally.sources.sorted(by: { $0.key < $1.key }) {
      table.append([
        sourceName(bit), Self.share(source.found, visits).fixed(3),
        Self.share(source.alone, visits).fixed(3),
        Self.share(source.foundFirst, tally.served.first.visits).fixed(3),
        Self.share(source.candidates, visits).fixed(1),
      ])
    }
    return table.text
  }

  private var lagLine: String? {
    guard let p50 = lag.quantile(0.5), let p99 = lag.quantile(0.99), let most = lag.quantile(1)
    else { return nil }
    return "from acknowledged to visible on every replica: p50 \(milliseconds(p50)) ms, "
      + "p99 \(milliseconds(p99)) ms, most \(milliseconds(most)) ms"
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("mode", mode.rawValue)
      writer.member("model", model)
      writer.member("degraded", tally.degraded)
      writer.ratio("coverage", tally.coverage)
      writer.key("rankings")
      writer.array { writer in
        for ranking in rankings {
          writer.object { writer in
            writer.member("ranking", ranking.name)
            writer.key("all")
            ranking.pair.all.write(to: &writer)
            writer.key("first_visits")
            ranking.pair.first.write(to: &writer)
          }
        }
      }
      writeSources(to: &writer)
      writeLag(to: &writer)
    }
  }

  private func writeSources(to writer: inout JSONWriter) {
    writer.key("sources")
    writer.array { writer in
      for (bit, source) in tally.sources.sorted(by: { $0.key < $1.key }) {
        writer.object { writer in
          writer.member("source", sourceName(bit))
          writer.ratio("recall", Self.share(source.found, tally.served.all.visits))
          writer.ratio("alone", Self.share(source.alone, tally.served.all.visits))
          writer.ratio("first_visits", Self.share(source.foundFirst, tally.served.first.visits))
          writer.ratio("candidates", Self.share(source.candidates, tally.served.all.visits))
        }
      }
    }
  }

  private func writeLag(to writer: inout JSONWriter) {
    guard let p50 = lag.quantile(0.5), let p99 = lag.quantile(0.99), let most = lag.quantile(1)
    else { return }
    writer.key("lag_ms")
    writer.object { writer in
      writer.member("p50", Double(p50) / 1_000)
      writer.member("p99", Double(p99) / 1_000)
      writer.member("max", Double(most) / 1_000)
    }
  }
}
