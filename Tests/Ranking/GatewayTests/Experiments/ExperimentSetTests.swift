import Messages
import RPC
import Testing

@testable import Gateway

@Suite struct ExperimentSetTests {
  private static let text = SampleExperiments.text(
    SampleExperiments.layer(
      "policy", SampleExperiments.experiment("variety", share: 0, #"{"category_run_max": 1}"#),
      SampleExperiments.experiment("bonus", #"{"discovery_bonus": 2}"#)),
    SampleExperiments.layer(
      "model", unit: #""request""#,
      SampleExperiments.experiment("next", #"{"model": "taste/4"}"#)))

  private func arms(_ forced: [String] = [], _ text: String = text) throws -> [ArmChoice] {
    try SampleExperiments.read(text).arms(for: try Samples.question { $0.forceArms = forced })
  }

  private func refusal(_ forced: String...) -> String {
    do {
      return "\(try arms(forced))"
    } catch let error as RPCError {
      #expect(error.code == .invalidArgument && error.advice == .never)
      return error.message
    } catch {
      return "\(error)"
    }
  }

  @Test func `a question has one arm of each layer, in their order`() throws {
    #expect(try arms().map(\.experiment) == ["bonus", "next"])
    #expect(try arms() == arms())
  }

  @Test func `without experiments nobody has an arm`() throws {
    #expect(try ExperimentSet.none.arms(for: Samples.question()).isEmpty)
    #expect(try arms([], #"{"layers": []}"#).isEmpty)
  }

  @Test func `an arm that is asked for stands in for the layer's own, and no other's`() throws {
    let own = try arms()
    let forced = try arms(["variety=treatment"])
    #expect(forced.map(\.experiment) == ["variety", "next"])
    #expect(forced.map(\.arm.name)[0] == "treatment")
    #expect(forced.map(\.isForced) == [true, false] && forced[1] == own[1])
    for arm in ["control", "treatment"] {
      #expect(try arms(["next=\(arm)"])[1].arm.name == arm)
    }
  }

  @Test func `an arm that there is not is refused with what was meant`() {
    #expect(
      refusal("varety=control")
        == #"force_arms: "varety=control": no experiment "varety"; did you mean "variety"?"#)
    #expect(
      refusal("next=best")
        == #"force_arms: "next=best": no arm of next "best"; there are control, treatment"#)
    #expect(refusal("next") == #"force_arms: "next" is not EXPERIMENT=ARM"#)
    #expect(
      refusal("next=control", "next=treatment")
        == #"force_arms: "next=treatment" and "next=control" are both of layer "model", "#
        + "where a request has one arm")
    #expect(
      refusal("variety=control", "bonus=control").contains(#"are both of layer "policy""#))
  }

  @Test func `where there are no experiments, none can be asked for`() {
    #expect(throws: RPCError.self) { try arms(["a=b"], #"{"layers": []}"#) }
  }

  @Test func `the models of all arms are known, each once`() throws {
    let set = try SampleExperiments.read(
      SampleExperiments.text(
        SampleExperiments.layer(
          "l", SampleExperiments.experiment("a", share: 0.5, #"{"model": "taste"}"#),
          SampleExperiments.experiment("b", from: 0.5, share: 0.5, #"{"model": "taste"}"#))))
    #expect(set.models == [ModelWish("taste")!])
  }
}
