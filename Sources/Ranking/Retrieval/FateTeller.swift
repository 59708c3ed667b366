internal import Definitions
internal import Messages

/// Says of items what became of them in one search, and why.
struct FateTeller {
  /// In one request: each costs another look around the place.
  static let itemsMax = 16

  let engine: RetrievalEngine
  let query: RetrievalEngine.Query
  let proposals: [CandidateSources.Name: [Candidate]]
  /// Candidates wanted.
  let limit: Int

  /// - Parameter chosen: the keys of the candidates.
  func fate(_ id: String, among chosen: [UInt64]) -> ItemFate {
    var fate = ItemFate()
    fate.id = id
    guard let row = engine.catalogue.row(ofKey: itemKey(id)) else {
      fate.fate = .unknown
      fate.why = "the catalogue has no item \(id)"
      return fate
    }
    let item = engine.catalogue.items[row]
    let slot = Int(engine.slots[row])
    let distance = engine.index.distanceKilometres(slot, from: query.center)
    fate.name = item.name
    fate.distanceKilometres = distance
    let isChosen = chosen.contains(item.key)
    let problems = isChosen ? [] : problems(item, slot: slot, distance: distance)
    guard problems.isEmpty else {
      fate.fate = .filtered
      fate.why = problems.joined(separator: "; ")
      return fate
    }
    let candidate = engine.candidate(slot, distance: distance, query)
    fate.score = Double(candidate.score)
    fate.fate = isChosen ? .retrieved : .notRetrieved
    if !isChosen { fate.why = outrun(candidate) }
    return fate
  }

  /// The filters that hold an item back, in words.
  private func problems(_ item: CatalogueItem, slot: Int, distance: Double) -> [String] {
    var problems: [String] = []
    if !query.filters.categories.isEmpty {
      let own = item.categories.map { engine.catalogue.categoryNames[$0] }
      if Set(own).isDisjoint(with: query.filters.categories) {
        problems.append("category: \(listed(own)) is not among \(listed(query.filters.categories))")
      }
    }
    if !query.filters.prices.isEmpty, !query.filters.prices.contains(UInt32(item.price)) {
      let own = item.price == 0 ? "an unknown level" : "level \(item.price)"
      let wanted = query.filters.prices.map { String($0) }
      problems.append("price: \(own) is not among \(listed(wanted))")
    }
    if !query.includeClosed, !engine.isOpen(slot) {
      problems.append("hours: closed at the request's time")
    }
    if distance > query.radius, !isProposed(slot) {
      let far = "distance: \(distance.tenths) km is beyond \(query.radius.tenths) km"
      problems.append(far + ", and nothing that the user did proposes it")
    }
    return problems
  }

  private func isProposed(_ slot: Int) -> Bool {
    proposals.values.contains { $0.contains { $0.slot == slot } }
  }

  /// Where it stands with each source, and how many that takes.
  private func outrun(_ candidate: Candidate) -> String {
    var reasons: [String] = []
    for source in engine.parameters.sources.list where source.name != .place {
      guard let rank = proposals[source.name]?.firstIndex(where: { $0.slot == candidate.slot })
      else { continue }
      let taken = Int((Double(limit) * source.share).rounded(.up))
      reasons.append("\(source.name.rawValue): no. \(rank + 1), of which \(taken) are taken")
    }
    if candidate.isInRadius {
      let (rank, matched) = rank(of: candidate)
      reasons.append(
        "place: no. \(rank) of \(matched) that fit, and \(limit) candidates are wanted")
    }
    return reasons.joined(separator: "; ")
  }

  private func rank(of candidate: Candidate) -> (rank: Int, matched: Int) {
    var (rank, matched) = (1, 0)
    engine.index.forEach(within: query.radius, of: query.center) { slot, distance in
      guard engine.passes(slot, query) else { return }
      matched += 1
      if engine.candidate(slot, distance: distance, query).precedes(candidate) { rank += 1 }
    }
    return (rank, matched)
  }

  private func listed(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }
}

extension Double {
  /// With one digit after the point; of distances on Earth.
  fileprivate var tenths: String {
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
