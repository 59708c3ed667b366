import RPC
import Testing

@testable import Definitions

@Suite struct ServedTimeTests {
  @Test(arguments: ServedTime.Kind.allCases)
  func `a time survives its tag, to the second`(kind: ServedTime.Kind) throws {
    let time = ServedTime(kind, "browse/1", unixMilliseconds: 1_795_552_934_735)
    #expect(time.tag == "time:\(kind.rawValue) browse/1 1795552934")
    #expect(ServedTime(tag: time.tag) == time)
  }

  @Test(arguments: [
    "model:browse/1", "time:", "time:loaded", "time:loaded browse/1", "time:loaded  1",
    "time:eaten browse/1 1", "time:loaded browse/1 1 2", "time:loaded browse/1 soon",
    "time:loaded browse/1 -1", "time:loaded browse/1 9223372036854775807",
    "time:loaded browse/1 99999999999999999999",
  ])
  func `what is no time is none`(tag: String) {
    #expect(ServedTime(tag: tag) == nil)
  }

  @Test func `times give way to what is loaded`() {
    let times = (1...4).map { ServedTime(.loaded, "m/\($0)", unixMilliseconds: 1_000) }
    #expect(ServedTime.tags(["a"], times).count == 5)
    let many = (1..<ServedTags.countMax).map { "model:m/\($0)" }
    #expect(ServedTime.tags(many, times) == many + [times[0].tag])
    let long = [String(repeating: "x", count: ServedTags.bytesMax - 20)]
    #expect(ServedTime.tags(long, times) == long + [times[0].tag])
    #expect(ServedTags(ServedTime.tags(many, times)) != nil)
    #expect(ServedTags(ServedTime.tags(long, times)) != nil)
  }
}
