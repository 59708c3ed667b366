import Testing

@Suite struct SettingsTests {
  @Test(arguments: [
    (#"{"listen": 5}"#, "1:12: listen: expected a string, found a number"),
    (#"{"listen": null}"#, "1:12: listen: expected a string, found null"),
    (#"{"port": 80}"#, "1:10: port: expected a string, found a number"),
    (#"{"queue_depth_max": "5"}"#, "1:21: queue_depth_max: expected an integer, found a string"),
    (#"{"queue_depth_max": 5.5}"#, "1:21: queue_depth_max: 5.5 is not an integer"),
    (#"{"queue_depth_max": 0}"#, "1:21: queue_depth_max: 0 is not in 1...4096"),
    (#"{"queue_depth_max": 1e99}"#, "1:21: queue_depth_max: 1e99 is not an integer"),
    (#"{"verbose": "true"}"#, "1:13: verbose: expected true or false, found a string"),
    (
      #"{"policy": "greddy"}"#,
      "1:12: policy: \"greddy\" is not one of fair, greedy, random; did you mean greedy?"
    ),
    (#"{"retrieval": {"radius_km": 50.1}}"#, "1:29: retrieval.radius_km: 50.1 is not in 0...50"),
    (#"{"retrieval": {"radius_km": 1e999}}"#, "1:29: retrieval.radius_km: 1e999 is not in 0...50"),
    (
      #"{"retrieval": {"radius_km": []}}"#,
      "1:29: retrieval.radius_km: expected a number, found an array"
    ),
    (
      #"{"retrieval": {"replicas": "a:1"}}"#,
      "1:28: retrieval.replicas: expected an array of strings, found a string"
    ),
    (
      #"{"retrieval": {"replicas": ["a:1", 2]}}"#,
      "1:36: retrieval.replicas: expected a string, found a number"
    ),
  ])
  func `a value that does not fit is refused in the file`(file: String, expected: String) {
    #expect(problems(file: file) == ["kitchen.json:" + expected])
  }

  @Test(arguments: [
    (["--queue-depth-max", "x"], "--queue-depth-max: \"x\" is not an integer"),
    (
      ["--queue-depth-max", "9223372036854775808"],
      "--queue-depth-max: \"9223372036854775808\" is not an integer"
    ),
    (["--queue-depth-max", "4097"], "--queue-depth-max: 4097 is not in 1...4096"),
    (["--retrieval.radius-km", "nan"], "--retrieval.radius-km: \"nan\" is not a number"),
    (["--retrieval.radius-km", "-1"], "--retrieval.radius-km: -1 is not in 0...50"),
    (["--policy", ""], "--policy: \"\" is not one of fair, greedy, random"),
  ])
  func `a value that does not fit is refused in a flag`(arguments: [String], expected: String) {
    #expect(problems(arguments) == [expected])
  }

  @Test func `the ends of a range belong to it`() {
    #expect(configuration(["--queue-depth-max", "1"])?.queueDepthMax == 1)
    #expect(configuration(["--queue-depth-max", "4096"])?.queueDepthMax == 4096)
    #expect(configuration(["--retrieval.radius-km", "50"])?.retrieval.radiusKilometres == 50)
  }
}
