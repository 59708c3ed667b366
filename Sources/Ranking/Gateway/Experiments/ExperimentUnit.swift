/// What is given an arm, and keeps it.
enum ExperimentUnit: Equatable, Sendable {
  /// Sees the same on every request. Who is not known is in no experiment.
  case user
  /// A cell with sides of so many kilometres, by the request's place: for what users in one area
  /// would notice of each other, such as places that fill up.
  case area(kilometres: Double)
  /// Each request anew: for what nobody notices.
  case request

  /// Nil where the question has none.
  func text(of question: RankQuestion) -> String? {
    switch self {
    case .user: question.userID.isEmpty ? nil : question.userID
    case .area(let kilometres):
      AreaCell(question.coordinate, kilometres: kilometres).description
    case .request: question.requestID
    }
  }
}
