import Definitions
import Retrieval
import Testing

struct RetrievalParametersTests {
  @Test func `the defaults are usable and each unusable value is named`() {
    #expect(RetrievalParameters().problems == [])
    let changes: [(String, (inout RetrievalParameters) -> Void)] = [
      ("ratingWeight", { $0.ratingWeight = .nan }),
      ("popularityHalfLifeMilliseconds", { $0.popularityHalfLifeMilliseconds = 0 }),
      ("defaultRadiusKilometres", { $0.defaultRadiusKilometres = 101 }),
      ("radiusKilometresMax", { $0.radiusKilometresMax = .infinity }),
      ("limitMax", { $0.limitMax = 0 }),
      ("defaultLimit", { $0.defaultLimit = -1 }),
      ("history", { $0.sources.list[0].share = 1.1 }),
      ("historyRadiusFactor", { $0.historyRadiusFactor = 0.5 }),
      ("historyItemsMax", { $0.historyItemsMax = 0 }),
      ("historyUsersMax", { $0.historyUsersMax = -1 }),
    ]
    for (name, change) in changes {
      var parameters = RetrievalParameters()
      change(&parameters)
      #expect(parameters.problems.contains { $0.hasPrefix("\(name) ") }, "\(name)")
    }
  }
}
