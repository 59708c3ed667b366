import Messages
import TestSupport
import Testing

@testable import Gateway

@Suite struct CandidateCacheTests {
  private func key(_ change: (inout RankRequest) -> Void = { _ in }) throws -> CandidateCache.Key {
    CandidateCache.Key(try Samples.question(change))
  }

  private func key(cell: Int) throws -> CandidateCache.Key {
    try key { $0.place?.latitude = Double(cell) * CandidateCache.cellDegrees + 0.01 }
  }

  @Test func `what a place had last is what it gets`() throws {
    var cache = CandidateCache()
    let key = try key()
    #expect(cache.candidates(for: key) == nil)
    cache.keep([Samples.candidate(1)], for: key)
    cache.keep([Samples.candidate(2), Samples.candidate(3)], for: key)
    #expect(cache.candidates(for: key)?.map(\.id) == ["c2", "c3"])
    #expect(cache.count == 1)
  }

  @Test func `what comes from a user's own history is never kept`() throws {
    var cache = CandidateCache()
    let key = try key()
    cache.keep([Samples.candidate(1, sources: 2), Samples.candidate(2)], for: key)
    #expect(cache.candidates(for: key)?.map(\.id) == ["c2"])
  }

  @Test func `nothing to share keeps what was there`() throws {
    var cache = CandidateCache()
    let key = try key()
    cache.keep([Samples.candidate(2)], for: key)
    cache.keep([], for: key)
    cache.keep([Samples.candidate(1, sources: 2)], for: key)
    #expect(cache.candidates(for: key)?.map(\.id) == ["c2"])
  }

  @Test func `the place that was written longest ago goes first`() throws {
    var cache = CandidateCache(placesMax: 3)
    for cell in 0..<3 { cache.keep([Samples.candidate(cell)], for: try key(cell: cell)) }
    cache.keep([Samples.candidate(0)], for: try key(cell: 0))
    cache.keep([Samples.candidate(3)], for: try key(cell: 3))
    #expect(cache.count == 3)
    #expect(cache.candidates(for: try key(cell: 0)) != nil)
    #expect(cache.candidates(for: try key(cell: 1)) == nil)
    #expect(cache.candidates(for: try key(cell: 2)) != nil)
    #expect(cache.candidates(for: try key(cell: 3)) != nil)
  }

  @Test func `writing a place again evicts nobody`() throws {
    var cache = CandidateCache(placesMax: 2)
    for _ in 0..<5 {
      for cell in 0..<2 { cache.keep([Samples.candidate(cell)], for: try key(cell: cell)) }
    }
    #expect(cache.candidates(for: try key(cell: 0)) != nil)
    #expect(cache.candidates(for: try key(cell: 1)) != nil)
  }

  @Test func `neighbours in a cell share, others do not`() throws {
    let plain = try key()
    let same = [
      try key { $0.place?.latitude += 0.005 }, try key { $0.userID = "bob" },
      try key { $0.nowMilliseconds += 1 },
    ]
    #expect(same == [plain, plain, plain])
    let others = [
      try key { $0.place?.latitude += 0.02 }, try key { $0.place?.longitude -= 0.02 },
    ]
    #expect(!others.contains(plain))
  }

  @Test func `other filters are another place, in whatever order they are given`() throws {
    func filtered(_ change: (inout Filters) -> Void) throws -> CandidateCache.Key {
      var filters = Filters()
      change(&filters)
      return try key { $0.filters = filters }
    }
    let keys = [
      try key(), try filtered { $0.radiusKilometres = 3 }, try filtered { $0.includeClosed = true },
      try filtered { $0.prices = [1, 2] }, try filtered { $0.categories = ["a", "b"] },
    ]
    #expect(Set(keys).count == keys.count)
    let again = [
      try filtered { $0.prices = [2, 1] }, try filtered { $0.categories = ["b", "a"] },
    ]
    #expect(again == Array(keys.suffix(2)))
    let unfiltered = try filtered { _ in }
    #expect(unfiltered == keys[0])
  }

  @Test func `a cell does not reach over the equator or the prime meridian`() throws {
    func cell(_ latitude: Double, _ longitude: Double) throws -> CandidateCache.Key {
      try key {
        $0.place?.latitude = latitude
        $0.place?.longitude = longitude
      }
    }
    let cells = [
      try cell(0.001, 0.001), try cell(-0.001, 0.001), try cell(0.001, -0.001),
      try cell(-0.001, -0.001),
    ]
    #expect(Set(cells).count == 4)
  }

  @Test func `there are never more places than allowed, and the latest are there`() throws {
    for seed in UInt64(1)...20 {
      var random = SeededGenerator(seed: seed)
      var cache = CandidateCache(placesMax: 8)
      var order: [Int] = []
      for _ in 0..<200 {
        let cell = Int.random(in: 0..<30, using: &random)
        cache.keep([Samples.candidate(cell)], for: try key(cell: cell))
        order.removeAll { $0 == cell }
        order.append(cell)
      }
      let present = try (0..<30).filter { cache.candidates(for: try key(cell: $0)) != nil }
      #expect(present == order.suffix(8).sorted(), "seed \(seed)")
    }
  }
}
