internal import Glibc
internal import JSON

/// Means over visits, each of which has one item that was taken. A visit whose item is not among the
/// candidates counts 0 everywhere, but in AUC, which is over the others.
struct RankMetrics: Equatable, Sendable {
  /// Of Acc@k and NDCG@k.
  static let cut = 10

  private(set) var visits = 0
  private(set) var found = 0
  private var first = 0
  private var inCut = 0
  private var gain = 0.0
  private var aucSum = 0.0
  private var aucVisits = 0

  mutating func add(_ outcome: RankOutcome) {
    visits += 1
    guard let rank = outcome.rank else { return }
    found += 1
    if rank == 1 { first += 1 }
    if rank <= Self.cut {
      inCut += 1
      // One item is worth anything, so the best list's gain is 1.
      gain += 1 / log2(Double(rank) + 1)
    }
    if let auc = outcome.auc {
      aucSum += auc
      aucVisits += 1
    }
  }

  /// Share of visits whose item is among the candidates.
  var recall: Double { mean(Double(found)) }
  var accuracyAt1: Double { mean(Double(first)) }
  var accuracyAt10: Double { mean(Double(inCut)) }
  var ndcgAt10: Double { mean(gain) }
  var auc: Double { aucVisits == 0 ? .nan : aucSum / Double(aucVisits) }

  /// NaN where there are no visits.
  private func mean(_ sum: Double) -> Double { visits == 0 ? .nan : sum / Double(visits) }

  /// `-` stands for what there is nothing to say about.
  var cells: [String] {
    [accuracyAt1, accuracyAt10, ndcgAt10, auc].map { $0.isNaN ? "-" : $0.fixed(3) }
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("visits", visits)
      writer.ratio("recall", recall)
      writer.ratio("acc@1", accuracyAt1)
      writer.ratio("acc@10", accuracyAt10)
      writer.ratio("ndcg@10", ndcgAt10)
      writer.ratio("auc", auc)
    }
  }
}

extension JSONWriter {
  /// Left out where it is not a number, which JSON has no word for.
  mutating func ratio(_ name: String, _ value: Double) {
    if value.isFinite { member(name, value) }
  }
}
