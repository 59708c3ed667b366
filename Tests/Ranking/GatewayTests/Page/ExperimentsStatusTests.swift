import JSON
import Testing

@testable import Gateway

@Suite struct ExperimentsStatusTests {
  private typealias S = SampleExperiments

  private func json(_ status: ExperimentsStatus) throws -> JSONValue {
    var json = JSONWriter()
    status.write(to: &json)
    return try JSONValue(parsing: json.bytes)
  }

  @Test func `each experiment is told with its layer, its share and its arms`() throws {
    let set = try S.read(
      S.text(
        S.layer("policy", S.experiment("variety", share: 0.2, #"{"category_run_max": 1}"#)),
        S.layer("model", unit: #""area", "area_km": 5"#, S.experiment("next", share: 0.05))))
    let told = try json(
      ExperimentsStatus(
        set: set, refusal: nil,
        requests: [
          "variety": [
            "control": .init(all: 30_000, notApplied: 0),
            "treatment": .init(all: 20_000, notApplied: 70),
          ], "next": ["control": .init(all: 3, notApplied: 3)],
        ]))
    let underWay = try #require(told["underWay"]?.array)
    try #require(underWay.count == 2)
    #expect(underWay.map { $0["name"]?.string } == ["variety", "next"])
    #expect(underWay.map { $0["layer"]?.string } == ["policy", "model"])
    #expect(underWay.map { $0["unit"]?.string } == ["user", "area"])
    #expect(underWay.map { $0["areaKm"]?.double } == [nil, 5])
    #expect(underWay.map { $0["share"]?.double } == [0.2, 0.05])
    let arms = try #require(underWay[0]["arms"]?.array)
    #expect(arms.map { $0["name"]?.string } == ["control", "treatment"])
    #expect(arms.map { $0["share"]?.double } == [0.5, 0.5])
    #expect(arms.map { $0["requests"]?.int64 } == [30_000, 20_000])
    #expect(arms.map { $0["notApplied"]?.int64 } == [0, 70])
    #expect(arms.map { $0["split"]?.string } == ["uneven", "uneven"])
    // Which is not counted is not told to have none.
    let next = try #require(underWay[1]["arms"]?.array)
    #expect(next.map { $0["split"]?.string } == ["few", nil])
    #expect(next[1]["requests"] == nil && next[1]["name"]?.string == "treatment")
    #expect(told["problems"]?.array?.isEmpty == true && told["problemsBesides"] == nil)
  }

  @Test func `of a refused file the first problems are told, cut, and the rest counted`() throws {
    let problems = [String(repeating: "x", count: 999)] + (1..<50).map { "<b>\($0)" }
    let told = try json(
      ExperimentsStatus(set: .none, refusal: ExperimentError(problems: problems), requests: [:]))
    let shown = try #require(told["problems"]?.array)
    #expect(shown.count == ExperimentsStatus.problemsMax && shown[1].string == "<b>1")
    #expect(shown[0].string?.count == RecentReasons.textLengthMax)
    #expect(told["problemsBesides"]?.int64 == Int64(50 - ExperimentsStatus.problemsMax))
    #expect(told["underWay"]?.array?.isEmpty == true)
  }
}
