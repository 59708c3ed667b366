import Messages
import RPC
import Telemetry
import Testing

@testable import Gateway

@Suite struct TracedArmsTests {
  private var span: Span {
    Span(
      id: 1, parent: 0, name: "n", kind: .server, service: "s", startMicroseconds: 0,
      durationMicroseconds: 1)
  }

  private func arm(_ experiment: String, why: String = "", forced: Bool = false) -> Arm {
    var arm = Arm()
    arm.experiment = experiment
    arm.arm = "treatment"
    arm.applied = why.isEmpty
    arm.why = why
    arm.forced = forced
    return arm
  }

  @Test func `arms come back as they were added`() {
    let arms = [arm("a"), arm("b", why: "no model scored"), arm("a-b_2", forced: true)]
    var span = span
    span.add("brigade.model", "browse/1")
    span.add(arms)
    #expect(span.arms.map { $0.encoded() } == arms.map { $0.encoded() })
    #expect(span.text("brigade.experiment.a") == "treatment")
    #expect(span.text("brigade.experiment.b.not_applied") == "no model scored")
    #expect(span["brigade.experiment.a-b_2.forced"] == .flag(true))
  }

  @Test func `a line of the log names each arm, without notes, or says nothing`() {
    var span = span
    #expect(span.loggedArms.isEmpty)
    span.add([arm("a"), arm("b", why: "no model scored"), arm("a-b_2", forced: true)])
    #expect(
      span.loggedArms.map { "\($0.key)=\"\($0.value)\"" } == [
        #"experiments="a=treatment,b=treatment,a-b_2=treatment""#
      ])
  }

  @Test func `a span without arms has none`() {
    var span = span
    span.add("brigade.experiments", "x")
    span.add("brigade.experiment.a", 7)
    #expect(span.arms.isEmpty)
  }

  /// A request's span has up to 11 attributes of its own.
  @Test func `every layer's arm finds room, notes or not`() {
    var span = span
    for number in 0..<11 { span.add("brigade.other\(number)", "x") }
    let arms = (0..<ExperimentLayer.countMax).map { arm("e\($0)", why: "w", forced: true) }
    span.add(arms)
    #expect(span.arms.map(\.arm) == arms.map(\.arm))
  }
}
