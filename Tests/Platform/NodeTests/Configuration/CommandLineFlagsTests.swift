import Node
import Testing

@Suite struct CommandLineFlagsTests {
  @Test(arguments: [
    (["--port"], "--port: needs a value"),
    (["--port", "--verbose"], "--port: needs a value"),
    (["--port", "1", "--port=2"], "--port: stands twice"),
    (["--verbose", "--verbose"], "--verbose: stands twice"),
    (["--verbose", "false"], "\"false\": is no flag; settings are --name VALUE"),
    (["--verbose=no"], "--verbose: \"no\" is neither true nor false"),
    ([""], "\"\": is no flag; settings are --name VALUE"),
    (["--queue_depth_max", "3"], "--queue_depth_max: is no flag; did you mean --queue-depth-max?"),
    (
      ["--retreival.timeout-ms=1"],
      "--retreival.timeout-ms: is no flag; did you mean --retrieval.timeout-ms?"
    ),
    (["--retrieval=1"], "--retrieval: is no flag; see --help"),
    (["-x"], "-x: is no flag; see --help"),
    (["--config"], "--config: needs a value"),
    (["--config", "absent.json"], "absent.json: cannot be read: no such file"),
  ])
  func `a misused flag is refused`(arguments: [String], expected: String) {
    #expect(problems(arguments).first == expected)
  }

  @Test func `the file can be named only once`() {
    let twice = ["--config", "kitchen.json", "--config=kitchen.json"]
    guard case .refused(let lines) = load(twice, file: "{}") else {
      Issue.record("not refused")
      return
    }
    #expect(lines == ["--config: stands twice"])
  }

  @Test func `a value may begin with one dash`() {
    #expect(
      problems(["--queue-depth-max", "-5"]) == ["--queue-depth-max: -5 is not in 1...4096"])
  }
}
