import Events
import Testing

struct LogMarkTests {
  private func mark(_ ids: [String]) -> LogMark {
    var mark = LogMark()
    for id in ids { mark.advance(by: id) }
    return mark
  }

  @Test func `the chain tells apart logs of other events, another order and other cuts`() {
    let logs = [["a", "b"], ["b", "a"], ["ab", ""], ["a", "c"], ["", "ab"]]
    #expect(Set(logs.map { mark($0).chain }).count == logs.count)
    #expect(logs.allSatisfy { mark($0).position == 2 })
    #expect(mark(["a", "b"]) == mark(["a", "b"]))
  }

  @Test func `a history knows the chains from its base on`() {
    var history = LogHistory(base: mark(["a", "b"]))
    history.append("c")
    history.append("d")
    #expect(history.end == mark(["a", "b", "c", "d"]))
    #expect(history.chain(at: 1) == nil)
    #expect(history.chain(at: 2) == mark(["a", "b"]).chain)
    #expect(history.chain(at: 3) == mark(["a", "b", "c"]).chain)
    #expect(history.chain(at: 4) == history.end.chain)
    #expect(history.chain(at: 5) == nil)
  }

  @Test func `a log that differs is named with its position, an unknown chain passes`() {
    var history = LogHistory(base: mark(["a", "b"]))
    history.append("c")
    #expect(history.difference(at: 3, chain: mark(["a", "b", "c"]).chain) == nil)
    #expect(history.difference(at: 3, chain: 0) == nil)
    #expect(
      history.difference(at: 3, chain: mark(["a", "b", "x"]).chain)
        == "the logs differ at or before position 3")
    #expect(
      history.difference(at: 2, chain: mark(["a", "x"]).chain)
        == "the logs differ at or before position 2")
    #expect(
      history.difference(at: 1, chain: 0)
        == "position 1 lies in the base log, which goes to 2 here")
    #expect(
      history.difference(at: 4, chain: 0)
        == "position 4 lies behind the end of this log, 3")
    #expect(history.difference(at: .max, chain: 1) != nil)
  }
}
