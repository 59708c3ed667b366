import Messages
import Telemetry
import Testing

@testable import Gateway

@Suite struct ExperimentTellingTests {
  private let metrics = MetricsRegistry()

  private func set(
    _ experiment: String, arms: Int = 2, share: Int = 1, weight: Double = 1
  ) -> ExperimentSet {
    ExperimentSet(layers: [
      ExperimentLayer(
        "l", unit: .user,
        experiments: [
          Experiment(
            experiment, slice: 0..<share,
            arms: (0..<arms).map {
              .init(name: "a\($0)", weight: $0 == 0 ? weight : 1, changes: ArmChanges())
            })
        ])
    ])
  }

  private func arm(_ experiment: String, _ name: String, applied: Bool = true) -> Arm {
    var arm = Arm()
    (arm.experiment, arm.arm, arm.applied) = (experiment, name, applied)
    return arm
  }

  private func count(_ experiment: String, _ arm: String, applied: Bool = true) -> String? {
    Samples.metric(
      "brigade_gateway_experiment_requests_total{"
        + #"experiment="\#(experiment)",arm="\#(arm)",applied="\#(applied)"}"#, metrics)
  }

  private func share(_ experiment: String, _ arm: String) -> String? {
    Samples.metric(
      "brigade_gateway_experiment_arm_share{"
        + #"experiment="\#(experiment)",arm="\#(arm)"}"#, metrics)
  }

  @Test func `each arm is counted from nought, applied or not`() {
    let telling = ExperimentTelling(metrics, log: Log(sink: { _ in true }))
    telling.tell(set("e"))
    #expect(count("e", "a0") == "0" && count("e", "a1", applied: false) == "0")
    telling.served([arm("e", "a0")])
    telling.served([arm("e", "a0"), arm("e", "a1", applied: false)])
    telling.served([arm("unknown", "a0")])
    #expect(count("e", "a0") == "2" && count("e", "a1") == "0")
    #expect(count("e", "a1", applied: false) == "1" && count("unknown", "a0") == nil)
  }

  @Test func `an arm's share is there to be held against, until it is over`() {
    let telling = ExperimentTelling(metrics, log: Log(sink: { _ in true }))
    telling.tell(set("e", arms: 4))
    #expect(share("e", "a3") == "0.25")
    telling.served([arm("e", "a0")])
    telling.tell(set("f"))
    #expect(share("e", "a3") == "0" && share("f", "a1") == "0.5")
    telling.tell(set("e"))
    #expect(share("e", "a0") == "0.5" && count("e", "a0") == "1")
  }

  @Test func `for the page requests are those under the arms as they are`() {
    let telling = ExperimentTelling(metrics, log: Log(sink: { _ in true }))
    func requests(_ arm: String) -> ExperimentsStatus.Requests? {
      telling.status.requests["e"]?[arm]
    }
    #expect(telling.status == ExperimentsStatus(set: .none, refusal: nil, requests: [:]))
    telling.tell(set("e"))
    telling.served([arm("e", "a0")])
    telling.served([arm("e", "a0", applied: false), arm("e", "a1")])
    #expect(requests("a0") == .init(all: 2, notApplied: 1))
    // A ramp changes nobody's arm.
    telling.tell(set("e", share: 9))
    #expect(telling.status.set == set("e", share: 9))
    #expect(requests("a0") == .init(all: 2, notApplied: 1))
    telling.tell(set("e", share: 9, weight: 3))
    telling.served([arm("e", "a1", applied: false)])
    #expect(requests("a0") == .init(all: 0, notApplied: 0))
    #expect(requests("a1") == .init(all: 1, notApplied: 1) && count("e", "a0") == "1")
    let refusal = ExperimentError(problems: ["f:1:1: no"])
    telling.tell(refusal)
    #expect(telling.status.refusal == refusal && requests("a1")?.all == 1)
    telling.tell(set("f"))
    #expect(telling.status.refusal == nil && telling.status.requests.keys.sorted() == ["f"])
  }

  @Test func `names that change for ever do not fill the page of metrics`() {
    let telling = ExperimentTelling(metrics, log: Log(sink: { _ in true }))
    let rounds = ExperimentTelling.seriesMax / 32 + 10
    for number in 0..<rounds { telling.tell(set("e\(number)", arms: 16)) }
    let series = metrics.renderPrometheus().split(separator: "\n").count {
      $0.hasPrefix("brigade_gateway_experiment_requests_total{")
    }
    #expect(series <= ExperimentTelling.seriesMax && series > ExperimentTelling.seriesMax - 32)
    telling.served([arm("e\(rounds - 1)", "a0")])
    #expect(count("e0", "a0") == "0" && count("e\(rounds - 1)", "a0") == nil)
    #expect(telling.status.requests["e\(rounds - 1)"]?.isEmpty != false)
  }
}
