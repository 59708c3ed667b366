internal import Glibc

/// What XGBoost's objectives do to sums, and to the base score that is kept as a prediction.
struct XGBoostObjective {
  let transform: OutputTransform
  private let margin: (Double) -> Double?

  /// Nil where it is not known. `multi:softmax` predicts a class; here it gives the probabilities
  /// that `multi:softprob` gives.
  init?(_ name: String) {
    switch name {
    case "reg:squarederror", "reg:squaredlogerror", "reg:absoluteerror", "reg:pseudohubererror",
      "reg:quantileerror", "reg:linear", "rank:pairwise", "rank:ndcg", "rank:map":
      transform = .identity
      margin = { $0 }
    case "binary:logistic", "reg:logistic":
      transform = .logistic(slope: 1)
      margin = Self.logit
    case "binary:logitraw":
      transform = .identity
      margin = Self.logit
    case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox":
      transform = .exponential
      margin = { $0 > 0 ? log($0) : nil }
    case "multi:softprob", "multi:softmax":
      transform = .softmax
      margin = { $0 }
    default: return nil
    }
  }

  /// The sum that gives a prediction; nil where none does.
  func margin(of score: Double) -> Double? { margin(score).flatMap { $0.isFinite ? $0 : nil } }

  private static func logit(_ probability: Double) -> Double? {
    probability > 0 && probability < 1 ? -log(1 / probability - 1) : nil
  }
}
