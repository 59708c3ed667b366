package import Definitions

/// Everything that can be tuned in the first stage.
package struct RetrievalParameters: Sendable, Equatable {
  /// Score per unit of log(1 + decayed orders).
  package var popularityWeight = 1.0
  /// Score lost per kilometre: five of them weigh as much as a rating point and a half.
  package var distanceWeight = 0.2
  /// Score per rating point.
  package var ratingWeight = 0.3
  /// Stands for a rating that is not known: a little under a common one, so that it neither
  /// shines nor sinks.
  package var unknownRating = 3.5
  /// After this long an order counts half: a week, because eating out has a weekly rhythm.
  package var popularityHalfLifeMilliseconds: Int64 = 7 * 86_400_000
  /// Where the request names none.
  package var defaultRadiusKilometres = 10.0
  /// A larger circle is cut to this; it bounds the work of one search.
  package var radiusKilometresMax = 100.0
  /// Where the request names none.
  package var defaultLimit = 200
  /// A larger limit is cut to this; it bounds the answer (about 100 bytes a candidate).
  package var limitMax = 10_000
  /// Who proposes candidates, and up to which share of the limit, rounded up.
  package var sources = CandidateSources.standard
  /// How much farther than the radius an item may be that is proposed for what the user did.
  package var historyRadiusFactor = 3.0
  /// How far around a haunt its neighbours are looked for.
  package var hauntRadiusKilometres = 3.0
  /// A haunt's pull falls to half at this distance.
  package var hauntWalkKilometres = 0.7
  /// Of one user, most ordered first; it bounds the work of a search.
  package var hauntsMax = 16
  /// Looked at around each haunt, the nearest; it bounds the work of a search where items stand close.
  package var hauntItemsMax = 384
  /// The pull of where the user is, to that of all haunts together.
  package var hauntPlaceWeight = 0.4
  /// After this long, that somebody came to know an item counts half. Newcomers' choices change with the
  /// season, not with the week.
  package var discoveryHalfLifeMilliseconds: Int64 = 60 * 86_400_000
  /// Kept of each item: 8 bytes each, 512 bytes an item in cities where people go out.
  package var coVisitNeighboursMax = 64
  /// Of a user's known items, those that a new one is counted with, and that propose; most ordered first.
  package var coVisitItemsMax = 64
  /// Different items remembered of one user, the least recently ordered leaving first.
  package var historyItemsMax = 256
  /// Users whose history is kept; those that come later have none. About 100 bytes each, and 24
  /// for each of their items.
  package var historyUsersMax = 2_000_000

  package init() {}

  /// What makes the parameters unusable, one line each, naming the parameter.
  package var problems: [String] {
    var problems: [String] = []
    func require(_ holds: Bool, _ problem: String) { if !holds { problems.append(problem) } }
    for (name, weight) in [
      ("popularityWeight", popularityWeight), ("distanceWeight", distanceWeight),
      ("ratingWeight", ratingWeight), ("unknownRating", unknownRating),
    ] { require(weight.isFinite, "\(name) must be a finite number") }
    require(popularityHalfLifeMilliseconds > 0, "popularityHalfLifeMilliseconds must be positive")
    require(
      radiusKilometresMax > 0 && radiusKilometresMax.isFinite,
      "radiusKilometresMax must be positive and finite")
    require(
      defaultRadiusKilometres > 0 && defaultRadiusKilometres <= radiusKilometresMax,
      "defaultRadiusKilometres must be positive and not over radiusKilometresMax")
    require(limitMax > 0, "limitMax must be positive")
    require(
      defaultLimit > 0 && defaultLimit <= limitMax,
      "defaultLimit must be positive and not over limitMax")
    for source in sources.list {
      require(
        source.share >= 0 && source.share <= 1,
        "\(source.name.rawValue) must have a share from 0 to 1")
    }
    require(
      hauntRadiusKilometres > 0 && hauntRadiusKilometres.isFinite,
      "hauntRadiusKilometres must be positive and finite")
    require(
      hauntWalkKilometres > 0 && hauntWalkKilometres.isFinite,
      "hauntWalkKilometres must be positive and finite")
    require(hauntsMax >= 0, "hauntsMax must not be negative")
    require(hauntItemsMax > 0, "hauntItemsMax must be positive")
    require(
      hauntPlaceWeight >= 0 && hauntPlaceWeight.isFinite, "hauntPlaceWeight must be 0 or more")
    require(discoveryHalfLifeMilliseconds > 0, "discoveryHalfLifeMilliseconds must be positive")
    require(coVisitNeighboursMax > 0, "coVisitNeighboursMax must be positive")
    require(coVisitItemsMax >= 0, "coVisitItemsMax must not be negative")
    require(
      historyRadiusFactor >= 1 && historyRadiusFactor.isFinite,
      "historyRadiusFactor must be 1 or more")
    require(historyItemsMax > 0, "historyItemsMax must be positive")
    require(historyUsersMax >= 0, "historyUsersMax must not be negative")
    return problems
  }
}
