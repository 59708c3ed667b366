import Node
import Testing

@Suite struct ConfigurationTests {
  @Test func `nothing given means every default`() throws {
    let read = try #require(configuration())
    #expect(read.listen == "127.0.0.1")
    #expect(read.port == 7000)
    #expect(read.queueDepthMax == 64)
    #expect(!read.verbose)
    #expect(read.policy == .fair)
    #expect(read.retrieval.timeoutMilliseconds == 40)
    #expect(read.retrieval.radiusKilometres == 2.5)
    #expect(read.retrieval.replicas == ["a:1"])
  }

  @Test func `the file gives every kind of setting`() throws {
    let file = """
      {"listen": "::1", "port": "80", "queue_depth_max": 1e2, "verbose": true, "policy": "random",
       "retrieval": {"timeout_ms": 7, "radius_km": 1, "replicas": ["x:1", "y:2"]}}
      """
    let read = try #require(configuration(file: file))
    #expect(read.listen == "::1")
    #expect(read.port == 80)
    #expect(read.queueDepthMax == 100)
    #expect(read.verbose)
    #expect(read.policy == .random)
    #expect(
      read.retrieval
        == .init(timeoutMilliseconds: 7, radiusKilometres: 1, replicas: ["x:1", "y:2"]))
  }

  @Test func `flags give every kind of setting, with a space or an equals sign`() throws {
    let read = try #require(
      configuration([
        "--listen=a=b", "--port", "80", "--queue-depth-max=100", "--verbose", "--policy", "greedy",
        "--retrieval.timeout-ms", "7", "--retrieval.radius-km=0.5", "--retrieval.replicas",
        "x:1,y:2",
      ]))
    #expect(read.listen == "a=b")
    #expect(read.port == 80)
    #expect(read.queueDepthMax == 100)
    #expect(read.verbose)
    #expect(read.policy == .greedy)
    #expect(
      read.retrieval
        == .init(timeoutMilliseconds: 7, radiusKilometres: 0.5, replicas: ["x:1", "y:2"]))
    #expect(configuration(["--verbose=false"])?.verbose == false)
    #expect(configuration(["--retrieval.replicas="])?.retrieval.replicas == [])
  }

  @Test func `a flag wins over the file, the file over the default`() throws {
    let file = #"{"queue_depth_max": 5, "retrieval": {"timeout_ms": 6}}"#
    let read = try #require(configuration(["--queue-depth-max", "9"], file: file))
    #expect(read.queueDepthMax == 9)
    #expect(read.retrieval.timeoutMilliseconds == 6)
    #expect(read.port == 7000)
  }

  @Test func `effective values name their origin`() {
    let file = #"{"retrieval": {"timeout_ms": 6}}"#
    let arguments = ["--config", "kitchen.json", "--verbose"]
    guard case .run(_, let effective) = load(arguments, file: file) else {
      Issue.record("refused")
      return
    }
    #expect(
      effective.map { "\($0.key)=\($0.value) (\($0.origin))" } == [
        "listen=127.0.0.1 (default)", "port=7000 (default)", "queue_depth_max=64 (default)",
        "verbose=true (flag)", "policy=fair (default)",
        "retrieval.timeout_ms=6 (kitchen.json:1:30)", "retrieval.radius_km=2.5 (default)",
        "retrieval.replicas=a:1 (default)",
      ])
  }

  @Test func `all problems are listed, those of the file in its order and last`() {
    let file = """
      {
        "retrieval": {"timeout_ms": 9000000, "radius": 3},
        "quue_depth_max": 5,
        "verbose": 1
      }
      """
    #expect(
      problems(["--port", "x", "--nonsense"], file: file) == [
        "--nonsense: is no flag; see --help",
        "--port: \"x\" is no port",
        "kitchen.json:2:31: retrieval.timeout_ms: 9000000 is not in 1...60000",
        "kitchen.json:2:40: retrieval.radius: is no setting; did you mean retrieval.radius_km?",
        "kitchen.json:3:3: quue_depth_max: is no setting; did you mean queue_depth_max?",
        "kitchen.json:4:14: verbose: expected true or false, found a number",
      ])
  }

  @Test func `a bad value in the file is reported though a flag wins`() {
    #expect(
      problems(["--port", "80"], file: #"{"port": "x"}"#)
        == ["kitchen.json:1:10: port: \"x\" is no port"])
  }

  @Test func `a check across settings names where the value came from`() {
    let unlucky = ["--retrieval.timeout-ms", "13"]
    #expect(problems(unlucky) == ["policy (by default): brings bad luck"])
    #expect(problems(unlucky + ["--policy", "fair"]) == ["--policy: brings bad luck"])
    #expect(
      problems(unlucky, file: #"{"policy": "fair"}"#)
        == ["kitchen.json:1:12: policy: brings bad luck"])
  }

  @Test func `help and version come before any complaint`() {
    guard case .help(let text) = load(["--nonsense", "-h"]) else {
      Issue.record("no help")
      return
    }
    #expect(text.hasPrefix("kitchen - cooks what was ordered\n"))
    guard case .version(let version) = load(["--nonsense", "--version"]) else {
      Issue.record("no version")
      return
    }
    #expect(version == "kitchen 1.2.3\n")
  }
}
