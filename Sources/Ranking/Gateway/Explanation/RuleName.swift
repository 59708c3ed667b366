/// The rules of the policy, as an explanation names them.
enum RuleName: String {
  case discoveryBonus = "discovery_bonus"
  case categoryRun = "category_run"
  case exploration
  case cut

  /// Why an item went up or down by it.
  func why(isUp: Bool) -> String {
    switch self {
    case .discoveryBonus:
      isUp ? "never ordered by the user" : "overtaken by what is new to the user"
    case .categoryRun:
      isUp ? "drawn up to break a run" : "put off: too many of its category in a row"
    case .exploration: isUp ? "given a place by chance" : "its place was given away by chance"
    case .cut: ""
    }
  }
}
