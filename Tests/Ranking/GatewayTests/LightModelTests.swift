import Testing

@testable import Gateway

@Suite struct LightModelTests {
  private func score(
    _ model: LightModel = LightModel(), orders: [UInt64: UInt32] = [:],
    _ change: (inout Candidate) -> Void
  ) -> Double {
    var candidate = Samples.candidate(0)
    change(&candidate)
    return model.scores([candidate], ownOrders: orders)[0]
  }

  @Test func `the score is the weighted sum that the documentation has`() {
    let model = LightModel(popularity: 2, distance: 3, rating: 5, history: 7)
    let key = Samples.candidate(0).key
    let found = score(model, orders: [key: 3]) {
      $0.popularity = 9
      $0.distanceKilometres = 1.5
      $0.rating = 4
    }
    #expect(abs(found - (2 * 2.302585092994046 - 4.5 + 20 + 7 * 1.3862943611198906)) < 1e-12)
  }

  @Test func `nearer, better, more popular and known are better`() {
    let base = score { _ in }
    #expect(score { $0.distanceKilometres = 1 } < base)
    #expect(score { $0.rating = 5 } > base)
    #expect(score { $0.popularity = 1 } > base)
    #expect(score(orders: [Samples.candidate(0).key: 1]) { _ in } > base)
    #expect(score(orders: [1: 100]) { _ in } == base)
  }

  @Test func `an unknown rating counts as an ordinary one`() {
    #expect(score { $0.rating = -1 } == score { $0.rating = LightModel.unknownRating })
    #expect(score { $0.rating = 0 } < score { $0.rating = -1 })
  }

  @Test func `there is a score for each candidate, in order`() {
    let candidates = (0..<5).map { Samples.candidate($0) }
    let scores = LightModel().scores(candidates, ownOrders: [:])
    #expect(scores == scores.sorted(by: >))
    #expect(scores.count == 5)
    #expect(LightModel().scores([], ownOrders: [:]).isEmpty)
  }
}
