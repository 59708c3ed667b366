internal import Messages

/// What to show, best first, and how the answer came about.
public struct BrigadeRanking: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public let id: String
    public let name: String
    /// Of the model that ranked; comparable within one answer only.
    public let score: Double
    public let distanceKilometres: Double
    /// Empty where there is none.
    public let category: String
    /// 1 cheap to 4 dear; nil unknown.
    public let price: Int?
    /// 0 to 5; nil unknown.
    public let rating: Double?
    /// Its place was given by chance, to learn from.
    public let isExplored: Bool
  }

  /// What an experiment has chosen for this answer.
  public struct Arm: Equatable, Sendable {
    public let experiment: String
    public let name: String
    /// It had its effect on the list.
    public let isApplied: Bool
    /// The question asked for it.
    public let isForced: Bool
  }

  /// Belongs into the events that come of this answer.
  public let requestID: String
  /// Unix milliseconds that the answer is as of.
  public let nowMilliseconds: Int64
  public let items: [Item]
  /// Some service was out of reach, and a fallback ranked.
  public let isDegraded: Bool
  /// Method and reason of each fallback.
  public let fallbacks: [String]
  /// Name/version that scored; empty when none did.
  public let model: String
  /// How many candidates were ranked.
  public let candidates: Int
  /// Of the experiments that the question's user, place or id is in.
  public let arms: [Arm]
  /// In the gateway.
  public let elapsedMicroseconds: UInt64

  init(_ response: RankResponse) {
    requestID = response.requestID
    nowMilliseconds = response.nowMilliseconds
    items = response.items.map(Item.init)
    isDegraded = response.degraded
    fallbacks = response.hops.filter { !$0.why.isEmpty }.map { "\($0.method): \($0.why)" }
    model = response.model
    candidates = Int(response.candidates)
    arms = response.arms.map {
      Arm(experiment: $0.experiment, name: $0.arm, isApplied: $0.applied, isForced: $0.forced)
    }
    elapsedMicroseconds = response.elapsedMicroseconds
  }
}

extension BrigadeRanking.Item {
  init(_ item: RankedItem) {
    id = item.id
    name = item.name
    score = item.score
    distanceKilometres = item.distanceKilometres
    category = item.category
    price = item.price == 0 ? nil : Int(item.price)
    rating = item.rating < 0 ? nil : item.rating
    isExplored = item.explored
  }
}
