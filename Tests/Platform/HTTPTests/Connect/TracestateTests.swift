import RPC
import Testing

@testable import HTTP

@Suite struct TracestateTests {
  @Test func `the members of all headers are passed on in their order`() {
    #expect(
      TraceContext.tracestate(["rojo=00f067aa0ba902b7", "congo=t61rcWkgMzE"])
        == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
    #expect(
      TraceContext.tracestate(["fw529a3039@dt=FfD3!", "a*/-_0=x y"])
        == "fw529a3039@dt=FfD3!,a*/-_0=x y")
    #expect(TraceContext.tracestate(["", "a=1", ""]) == "a=1")
    #expect(TraceContext.tracestate([]).isEmpty)
  }

  @Test(arguments: [
    "a", "=1", "a=", "A=1", "a=1=2", "é=1", "a=é", "a=\u{7}", "_a=1", "a@=1", "@a=1", "a@b@c=1",
    "a b=1", String(repeating: "k", count: 257) + "=1", "a=" + String(repeating: "v", count: 257),
  ])
  func `one invalid member makes all of it invalid`(member: String) {
    #expect(TraceContext.tracestate(["good=1", member]).isEmpty)
  }

  @Test func `a key comes once, and there is a limit to members and bytes`() {
    #expect(TraceContext.tracestate(["a=1", "a=2"]).isEmpty)
    let many = (0..<33).map { "k\($0)=1" }
    #expect(TraceContext.tracestate(many).isEmpty)
    #expect(!TraceContext.tracestate(Array(many.prefix(32))).isEmpty)
    let long = (0..<3).map { "k\($0)=" + String(repeating: "v", count: 200) }
    #expect(TraceContext.tracestate(long).isEmpty)
  }
}
