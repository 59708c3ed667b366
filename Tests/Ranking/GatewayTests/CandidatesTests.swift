import Definitions
import Messages
import Testing

@testable import Gateway

@Suite struct CandidatesTests {
  @Test func `columns become candidates, row by row`() throws {
    var response = Samples.search(7)
    response.sources[1] = 2
    response.ratings[1] = -1
    let candidates = try #require([Candidate](response))
    #expect(candidates.count == 7)
    #expect(candidates[5].popularity == 1e6)
    #expect(candidates[1].id == "c1")
    #expect(candidates[1].category == "category 1")
    #expect(candidates[1].rating == -1)
    #expect(candidates.map(\.isOfPlace) == [true, false, true, true, true, true, true])
    #expect(candidates[1].open == Samples.nowSeconds - 3_600..<Samples.nowSeconds + 3_600)
    let far = candidates[6].coordinate.distanceKilometres(to: Samples.candidate(6).coordinate)
    #expect(far < 0.001)
  }

  @Test func `columns of different lengths are no candidates, whichever is short`() {
    func isRefused(_ change: (inout SearchResponse) -> Void) -> Bool {
      var response = Samples.search(3)
      change(&response)
      return [Candidate](response) == nil
    }
    #expect(!isRefused { _ in })
    #expect(isRefused { $0.keys.removeLast() })
    #expect(isRefused { $0.ids.removeLast() })
    #expect(isRefused { $0.names.removeLast() })
    #expect(isRefused { $0.distancesKilometres.removeLast() })
    #expect(isRefused { $0.popularities.removeLast() })
    #expect(isRefused { $0.prices.append(1) })
    #expect(isRefused { $0.ratings = [] })
    #expect(isRefused { $0.categories.removeLast() })
    #expect(isRefused { $0.sources.removeLast() })
    #expect(isRefused { $0.openFromSeconds.removeLast() })
    #expect(isRefused { $0.openUntilSeconds.append(0) })
    #expect(isRefused { $0.latitudes.removeLast() })
    #expect(isRefused { $0.longitudes.removeLast() })
  }

  @Test func `an unknown category is none, and closing before opening is closed`() throws {
    var response = Samples.search(1)
    response.categories = [.max]
    response.openUntilSeconds = [.min]
    let candidates = try #require([Candidate](response))
    #expect(candidates[0].category.isEmpty)
    #expect(candidates[0].open.isEmpty)
  }

  @Test func `kept candidates that have closed since are left out unless asked for`() throws {
    let kept = [Samples.candidate(0), Samples.candidate(1)]
    let later = try Samples.question { $0.nowMilliseconds = Samples.now + 3_600_000 }
    #expect(kept.refit(to: later, radiusKilometres: 10).isEmpty)
    let before = try Samples.question { $0.nowMilliseconds = Samples.now + 3_599_999 }
    #expect(kept.refit(to: before, radiusKilometres: 10).count == 2)
    let any = try Samples.question {
      $0.nowMilliseconds = Samples.now + 3_600_000
      $0.filters = Filters()
      $0.filters?.includeClosed = true
    }
    #expect(kept.refit(to: any, radiusKilometres: 10).map(\.id) == ["c0", "c1"])
  }

  @Test func `kept candidates are measured from where the user is now`() throws {
    let kept = [Samples.candidate(0), Samples.candidate(1, north: 0.1)]
    let question = try Samples.question { $0.place?.latitude += 0.1 }
    let refit = kept.refit(to: question, radiusKilometres: 5)
    #expect(refit.map(\.id) == ["c1"])
    #expect(refit[0].distanceKilometres < 0.001)
  }
}
