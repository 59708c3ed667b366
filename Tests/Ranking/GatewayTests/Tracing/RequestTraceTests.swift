import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct RequestTraceTests {
  private let received = Instant(nanoseconds: 77)
  private let never = TraceSampler(headRate: 0)

  private func trace(
    _ caller: TraceContext, sampler: TraceSampler? = nil, isAsked: Bool = false
  ) -> RequestTrace {
    var random = PolicyRandom(seed: 1)
    return RequestTrace(
      caller, received: received, isAsked: isAsked, sampler: sampler ?? never, random: &random)
  }

  private func context(flags: UInt32 = 0) -> TraceContext {
    var context = TraceContext()
    (context.traceHigh, context.traceLow, context.parentSpan) = (1, 2, 3)
    context.flags = flags
    return context
  }

  @Test func `the caller's trace goes on, with a span of our own`() {
    let trace = trace(context())
    #expect(trace.id == TraceID(high: 1, low: 2) && trace.callerSpan == 3)
    #expect(trace.rootSpan == context().serverSpan(received: received))
    #expect(!trace.isAsked && trace.flags == 0)
  }

  @Test func `without one, a trace is begun`() {
    let trace = trace(TraceContext())
    #expect(trace.id.high | trace.id.low != 0 && trace.callerSpan == 0)
  }

  @Test func `each hop's calls have its span for a parent`() {
    let trace = trace(context())
    var spans: Set<UInt64> = [trace.rootSpan]
    for hop in HopKind.allCases {
      let told = trace.context(hop)
      #expect(told.id == trace.id && told.parentSpan == trace.span(hop))
      spans.insert(told.parentSpan)
    }
    #expect(spans.count == 5)
  }

  @Test func `the chance that the caller names counts more than that of its id`() {
    // Of which the id's is among the lowest.
    let sampler = TraceSampler(headRate: 0.25)
    var random = PolicyRandom(seed: 1)
    let state = SamplingState("ot=rv:c0000000000000")
    let chosen = RequestTrace(
      context(), received: received, randomness: state.randomness, sampler: sampler,
      random: &random)
    #expect(chosen.isSampled && !trace(context(), sampler: sampler).isSampled)
  }

  @Test func `who records the trace has it whole, and so has who asks otherwise`() {
    #expect(trace(context(flags: 1)).isAsked)
    #expect(trace(context(flags: 1)).context(.user).flags == 1)
    #expect(trace(context(), isAsked: true).flags == 1)
    // Chance has its trace recorded, but nobody asked for it.
    let sampled = trace(context(), sampler: TraceSampler(headRate: 1))
    #expect(sampled.flags == 1 && !sampled.isAsked && sampled.isSampled)
    // The other flags go on as they came.
    #expect(trace(context(flags: 2)).flags == 2)
  }
}
