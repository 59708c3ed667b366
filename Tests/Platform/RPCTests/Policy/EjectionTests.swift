internal import RPC
internal import Telemetry
import Testing

final class EjectionTests {
  private var now = Instant(nanoseconds: 1_000_000_000_000)
  private var random = PolicyRandom(seed: 5)

  private func ejection(
    _ count: Int, _ settings: Ejection.Settings = Ejection.Settings()
  ) -> Ejection {
    var ejection = Ejection(settings)
    for id in 0..<count {
      ejection.add(id)
      _ = ejection.setConnected(id, true)
    }
    return ejection
  }

  private func end(
    _ ejection: inout Ejection, _ id: Int, _ outcome: Balancer.Outcome, milliseconds: Int64 = 5
  ) -> Ejection.Change? {
    ejection.finished(
      id, outcome, latencyNanoseconds: milliseconds * 1_000_000, now: now, random: &random)
  }

  private func fail(_ ejection: inout Ejection, _ id: Int, times: Int) -> [Ejection.Change] {
    (0..<times).compactMap { _ in end(&ejection, id, .failed) }
  }

  /// Gives all others so many answers, so that failures are not common.
  private func answers(_ ejection: inout Ejection, _ ids: [Int], times: Int) {
    for _ in 0..<times { for id in ids { _ = end(&ejection, id, .answered) } }
  }

  private func probed(_ ejection: inout Ejection) -> Int? {
    ejection.probe(now) { _ in true }
  }

  @Test func `five failures in a row take a replica out, four and an answer don't`() {
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    #expect(fail(&ejection, 0, times: 4) == [])
    #expect(end(&ejection, 0, .answered) == nil)
    #expect(fail(&ejection, 0, times: 4) == [])
    #expect(fail(&ejection, 0, times: 1) == [.ejected(0)])
    #expect(ejection.isOut(0) && ejection.count == 1)
    #expect(fail(&ejection, 0, times: 9) == [], "calls that were begun before")
  }

  @Test func `no more than the share is out, and a single replica never`() {
    var ten = ejection(10)
    #expect(ten.countMax == 3)
    var out = 0
    for id in 0..<10 {
      answers(&ten, [8, 9], times: 60)
      out += fail(&ten, id, times: 5).count
    }
    #expect(out == 3 && ten.count == 3)
    var one = ejection(1)
    #expect(one.countMax == 0)
    #expect(fail(&one, 0, times: 50) == [])
    #expect(ejection(2).countMax == 1)
  }

  @Test func `failures that all have in common are nobody's own`() {
    var ejection = ejection(10)
    var changes: [Ejection.Change] = []
    for _ in 0..<20 {
      for id in 0..<10 { changes += fail(&ejection, id, times: 1) }
    }
    #expect(changes == [])
    #expect(fail(&ejection, 3, times: 9) == [])
  }

  @Test func `refusals and lost races take nobody out, but silence does`() {
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    for _ in 0..<9 { #expect(end(&ejection, 0, .refused) == nil) }
    answers(&ejection, [1, 2, 3], times: 50)
    for _ in 0..<Ejection.outrunMax - 1 { #expect(end(&ejection, 0, .outrun) == nil) }
    #expect(end(&ejection, 0, .answered) == nil)
    for _ in 0..<Ejection.outrunMax - 1 { #expect(end(&ejection, 0, .outrun) == nil) }
    #expect(end(&ejection, 0, .outrun) == .ejected(0))
  }

  @Test func `after its time a replica is probed, one call at a time, and let in after three`() {
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    _ = fail(&ejection, 0, times: 5)
    #expect(probed(&ejection) == nil)
    now = now.adding(milliseconds: 1_001)
    #expect(ejection.probe(now) { $0 != 0 } == nil)
    #expect(probed(&ejection) == 0)
    #expect(probed(&ejection) == nil, "a probe is under way")
    #expect(end(&ejection, 0, .answered) == nil)
    #expect(probed(&ejection) == 0)
    #expect(end(&ejection, 0, .abandoned) == nil, "it says nothing, and may be asked again")
    #expect(probed(&ejection) == 0)
    #expect(end(&ejection, 0, .answered) == nil)
    #expect(probed(&ejection) == 0)
    #expect(end(&ejection, 0, .answered) == .readmitted(0))
    #expect(!ejection.isOut(0) && ejection.count == 0)
  }

  @Test func `a call that may not be tried again probes only what is overdue or has answered`() {
    func probed(_ ejection: inout Ejection) -> Int? {
      ejection.probe(now, isRepeatable: false) { _ in true }
    }
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    _ = fail(&ejection, 0, times: 5)
    now = now.adding(milliseconds: 30_700)
    #expect(probed(&ejection) == nil && ejection.readmitUnprobed(now) == nil)
    now = now.adding(milliseconds: 301)
    #expect(probed(&ejection) == 0)
    #expect(ejection.readmitUnprobed(now) == nil, "a probe is under way")
    #expect(end(&ejection, 0, .failed) == nil)
    #expect(probed(&ejection) == nil, "out again")
    now = now.adding(milliseconds: 2_001)
    #expect(self.probed(&ejection) == 0)
    #expect(end(&ejection, 0, .answered) == nil)
    #expect(probed(&ejection) == 0, "it has answered")
  }

  @Test func `a probe that fails doubles the time out, up to a longest`() {
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    _ = fail(&ejection, 0, times: 5)
    for round in 1...8 {
      let longest = min(Int64(1_000) << Int64(round - 1), 30_000)
      now = now.adding(milliseconds: longest * 3 / 4 - 1)
      #expect(probed(&ejection) == nil, "round \(round)")
      now = now.adding(milliseconds: longest / 4 + 2)
      #expect(probed(&ejection) == 0, "round \(round)")
      #expect(end(&ejection, 0, .failed) == nil)
    }
  }

  @Test func `a replica much slower than the median is taken out, in its second slow window`() {
    var ejection = ejection(5)
    func window(_ slow: Int64) -> [Ejection.Change] {
      defer { now = now.adding(milliseconds: 501) }
      return (0..<12).flatMap { _ in
        (0..<5).compactMap { end(&ejection, $0, .answered, milliseconds: $0 == 2 ? slow : 5) }
      }
    }
    #expect(window(60) + window(60) == [])
    #expect(window(60) + window(60) == [.ejected(2)])
    now = now.adding(milliseconds: 1_000)
    #expect(probed(&ejection) == 2)
    #expect(end(&ejection, 2, .answered, milliseconds: 60) == nil)
    #expect(probed(&ejection) == nil, "still slow, so out again")
  }

  @Test func `among microseconds a factor is no reason`() {
    var ejection = ejection(5)
    for _ in 0..<6 {
      for _ in 0..<12 {
        for id in 0..<5 {
          let change = ejection.finished(
            id, .answered, latencyNanoseconds: id == 2 ? 900_000 : 30_000, now: now,
            random: &random)
          #expect(change == nil)
        }
      }
      now = now.adding(milliseconds: 501)
    }
  }

  @Test func `turned off, nobody is taken out`() {
    var settings = Ejection.Settings()
    settings.consecutiveFailures = 0
    var ejection = ejection(4, settings)
    answers(&ejection, [1, 2, 3], times: 50)
    #expect(fail(&ejection, 0, times: 99) == [])
  }

  @Test func `a replica that is removed while it is out leaves room for another`() {
    var ejection = ejection(4)
    answers(&ejection, [1, 2, 3], times: 50)
    #expect(fail(&ejection, 0, times: 5) == [.ejected(0)])
    #expect(fail(&ejection, 1, times: 5) == [])
    ejection.remove(0)
    #expect(ejection.count == 0)
    answers(&ejection, [2, 3], times: 50)
    #expect(fail(&ejection, 1, times: 5) == [.ejected(1)])
    #expect(ejection.finished(0, .failed, latencyNanoseconds: 1, now: now, random: &random) == nil)
  }

  /// Ten, of which the first three are out, in the order 1, 2, 0.
  private func threeOfTenOut() -> Ejection {
    var ejection = ejection(10)
    for id in [1, 2, 0] {
      answers(&ejection, [8, 9], times: 60)
      #expect(fail(&ejection, id, times: 5) == [.ejected(id)])
      now = now.adding(milliseconds: 1)
    }
    return ejection
  }

  @Test func `when others are removed the ones that are out the longest are let in again`() {
    var ejection = threeOfTenOut()
    #expect(ejection.remove(9) == [.readmitted(1)], "of nine two may be out")
    for id in [8, 7] { #expect(ejection.remove(id) == []) }
    #expect(ejection.remove(6) == [.readmitted(2)], "of six one")
    for id in [5, 4, 3] { #expect(ejection.remove(id) == []) }
    #expect(ejection.isOut(0) && ejection.count == 1 && ejection.countMax == 1)
    for id in [1, 2] { #expect(ejection.remove(id) == []) }
    #expect(ejection.isOut(0), "nobody else can be asked anyway")
  }

  @Test func `connections that are lost leave as little room as replicas that are removed`() {
    var ejection = threeOfTenOut()
    #expect(ejection.setConnected(9, false) == [.readmitted(1)])
    for id in [8, 7] { #expect(ejection.setConnected(id, false) == []) }
    #expect(ejection.setConnected(6, false) == [.readmitted(2)])
    #expect(ejection.setConnected(6, false) == [], "it is not new")
  }

  @Test func `of ten listed and three connected one may be out`() {
    var ejection = Ejection()
    for id in 0..<10 { ejection.add(id) }
    #expect(ejection.countMax == 0)
    for id in 0..<3 { _ = ejection.setConnected(id, true) }
    #expect(ejection.countMax == 1)
    answers(&ejection, [2], times: 200)
    #expect(fail(&ejection, 0, times: 5) == [.ejected(0)])
    answers(&ejection, [2], times: 200)
    #expect(fail(&ejection, 1, times: 5) == [])
  }

  @Test func `one that comes back while others are out finds no room to be out as well`() {
    var ejection = ejection(6)
    answers(&ejection, [3, 4, 5], times: 60)
    #expect(fail(&ejection, 0, times: 5) == [.ejected(0)])
    #expect(ejection.setConnected(0, false) == [])
    answers(&ejection, [3, 4, 5], times: 60)
    #expect(fail(&ejection, 1, times: 5) == [.ejected(1)])
    #expect(ejection.count == 2)
    #expect(ejection.setConnected(0, true) == [.readmitted(0)])
    #expect(ejection.isOut(1) && !ejection.isOut(0))
  }
}
