internal import Definitions
internal import Messages

/// The protocol for real logs: a log cut in time, a model of its first nine tenths, and the last
/// tenth replayed through a running cluster.
struct Evaluation {
  let data: VisitLog
  let split: TimeSplit
  /// Of the test period, in log order.
  private let events: [Event]
  /// What is known when the test period begins.
  private let heuristics: VisitHeuristics
  private let places: RequestPlaces

  /// Keeps the events of the test period in memory.
  init(data folder: String, visitsMax: Int) throws {
    let catalogue = try Catalogue(loading: "\(folder)/catalogue.brigade")
    let data = VisitLog(folder: folder, catalogue: catalogue)
    let split = TimeSplit(visits: try data.count())
    var events: [Event] = []
    var heuristics = VisitHeuristics(catalogue)
    var places = RequestPlaces(catalogue)
    try data.forEach(in: split) { event, visit, part in
      guard part == .test else {
        heuristics.note(event)
        places.note(event)
        return
      }
      if (visit ?? 0) < split.tuneEnd + visitsMax { events.append(event) }
    }
    self.data = data
    self.split = split
    self.events = events
    self.heuristics = heuristics
    self.places = places
  }

  var visits: Int { events.count { data.isVisit($0) } }

  var middle: Coordinate { places.place(of: Event()) }

  /// Ranks each visit and then, where the mode says so, tells the cluster and the heuristics of it.
  func run(
    _ mode: EvaluationMode, through replay: EvaluationReplay, seed: UInt64,
    progress: (String) -> Void
  ) async throws(CommandFailure) -> (tally: EvaluationTally, lag: LagSummary, model: String) {
    var tally = EvaluationTally(data.catalogue, seed: seed)
    var lag = LagSummary()
    var model = ""
    var (known, places) = (heuristics, places)
    // True firsts, which a frozen cluster does not know of.
    var past = heuristics
    var untold: [Event] = []
    for event in events {
      if data.isVisit(event) {
        if mode == .live { _ = try await replay.append(untold) }
        untold = []
        let place = places.place(of: event)
        let response = try await replay.rank(event, at: place)
        if model.isEmpty { model = response.model }
        let row = data.catalogue.row(ofKey: itemKey(event.itemID)) ?? -1
        let visit = RankedVisit(
          event, at: place, isFirst: !past.hasVisited(event.userID, row: row), response,
          catalogue: data.catalogue)
        tally.add(visit, known)
        progress("\(mode.rawValue): \(tally.served.all.visits) of \(visits) visits")
        if mode == .live, let microseconds = try await replay.append([event]) {
          lag.add(microseconds: microseconds)
        }
      } else {
        untold.append(event)
      }
      past.note(event)
      // Where a visit was asked for from is part of the request, not of what was learned.
      places.note(event)
      if mode == .live { known.note(event) }
    }
    return (tally, lag, model)
  }
}
