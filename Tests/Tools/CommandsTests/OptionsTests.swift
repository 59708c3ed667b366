import Definitions
import Messages
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

struct OptionsTests {
  private func parse<C: Configuration>(
    _ type: C.Type, _ arguments: [String]
  ) throws -> C {
    let outcome = loadConfiguration(
      type,
      program: ProgramDescription(name: "test", summary: "tests", version: "1"),
      arguments: arguments, readFile: { _ in [] })
    guard case .run(let options, _) = outcome else { throw Refused(outcome: "\(outcome)") }
    return options
  }

  private struct Refused: Error {
    let outcome: String
  }

  private func refusal<C: Configuration>(_ type: C.Type, _ arguments: [String]) -> [String] {
    let outcome = loadConfiguration(
      type,
      program: ProgramDescription(name: "test", summary: "tests", version: "1"),
      arguments: arguments, readFile: { _ in [] })
    if case .refused(let problems) = outcome { return problems }
    return []
  }

  @Test func `a rank request is read from its flags`() throws {
    let options = try parse(
      RankCommand.Options.self,
      [
        "--user", "u17", "--at", "37.76, -122.41", "--now", "2012-11-02T18:45-04:00", "--prices",
        "1,2", "--categories", "Thai,Ramen", "--output", "json", "--gateway",
        "127.0.0.1:1,unix:/tmp/x", "--closed", "--radius-km", "2.5",
      ])
    #expect(options.asked.user == "u17")
    #expect(options.asked.place?.latitude == 37.76)
    #expect(options.asked.place?.longitude == -122.41)
    #expect(options.asked.now == 1_351_896_300_000)
    #expect(options.asked.prices == [1, 2])
    #expect(options.asked.categories == ["Thai", "Ramen"])
    #expect(options.output == .json)
    #expect(options.asked.gateway.description == "127.0.0.1:1,unix:/tmp/x")
    #expect(options.asked.includeClosed)
    #expect(options.asked.radiusKilometres == 2.5)
  }

  @Test func `what is to be explained is read beside the request`() throws {
    let options = try parse(
      ExplainCommand.Options.self, ["--user", "u17", "--item", "r17,r18", "--top", "3"])
    #expect(options.asked.user == "u17" && options.items == ["r17", "r18"] && options.top == 3)
    let plain = try parse(ExplainCommand.Options.self, [])
    #expect(plain.items.isEmpty && plain.top == 0 && plain.output == .table)
  }

  @Test func `what is not given has its default`() throws {
    let options = try parse(RankCommand.Options.self, [])
    #expect(options.asked.place == nil)
    #expect(options.asked.now == 0)
    #expect(options.asked.gateway == .list([.tcp(host: "127.0.0.1", port: 7_000)]))
    #expect(options.output == .table)
    #expect(options.asked.count == 10)
  }

  @Test(arguments: ["1351896300000", "2012-11-02T22:45Z"])
  func `times are Unix milliseconds or ISO 8601`(text: String) throws {
    #expect(try parse(RankCommand.Options.self, ["--now", text]).asked.now == 1_351_896_300_000)
  }

  @Test(arguments: [
    ("--at", "37.76"), ("--at", "a,b"), ("--at", "91,0"), ("--at", "0,181"), ("--at", "1,2,3"),
    ("--at", "nan,0"), ("--now", "yesterday"), ("--now", "-5"), ("--prices", "cheap"),
    ("--count", "201"), ("--output", "xml"), ("--gateway", "nowhere"), ("--timeout-ms", "0"),
  ])
  func `what cannot be is refused with its flag`(flag: String, value: String) {
    let problems = refusal(RankCommand.Options.self, [flag, value])
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix("\(flag): ") == true, "\(problems)")
  }

  @Test func `all problems of a command line are told at once`() {
    let problems = refusal(
      LoadCommand.Options.self, ["--rate", "0", "--duration", "x", "--sead", "1"])
    #expect(problems.contains { $0.hasPrefix("--rate: ") })
    #expect(problems.contains { $0.hasPrefix("--duration: ") })
    #expect(problems.contains { $0.contains("did you mean --seed?") })
  }

  @Test func `replicas to start are counts by service`() throws {
    let options = try parse(UpCommand.Options.self, ["--replicas", "gateway=2,inference=1"])
    #expect(options.replicas[.gateway] == 2)
    #expect(
      refusal(UpCommand.Options.self, ["--replicas", "oven=1"]).first?.contains("oven") == true)
    #expect(refusal(UpCommand.Options.self, ["--port", "65001"]).count == 1)
  }

  @Test
  func `a cluster's gateways are told the experiments, which are read before anything starts`()
    throws
  {
    #expect(!(try parse(UpCommand.Options.self, []).gatewayFlags.contains("--experiments")))
    let path = "\(Checkout.root)/deploy/experiments.json"
    let options = try parse(UpCommand.Options.self, ["--experiments", path])
    #expect(options.gatewayFlags.suffix(2) == ["--experiments", path])
    #expect(
      refusal(UpCommand.Options.self, ["--experiments", "/dev/null"])
        == ["--experiments: /dev/null: is not a regular file"])
  }

  @Test func `arms that a gateway did not force are not shown as if it had`() throws {
    let asked = try parse(RankCommand.Options.self, ["--force-arms", "a=b,c=d"]).asked
    #expect(asked.forceArms == ["a=b", "c=d"])
    #expect(throws: CommandFailure.self) { try asked.check(RankResponse()) }
    var response = RankResponse()
    response.arms = [Arm()]
    #expect(throws: CommandFailure.self) { try asked.check(response) }
    response.arms[0].forced = true
    try asked.check(response)
    try parse(RankCommand.Options.self, []).asked.check(RankResponse())
  }
}
