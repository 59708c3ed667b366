import Testing

@Suite struct ConfigurationFileTests {
  @Test(arguments: [
    ("{\n \"port\" 5}", "kitchen.json:2:9: expected ':' after a name, found '5'"),
    ("[]", "kitchen.json:1:1: expected an object, found an array"),
    (
      #"{"port":"1","port":"2"}"#, "kitchen.json:1:13: the name \"port\" stands twice, first at 1:2"
    ),
    (#"{"retrieval": 5}"#, "kitchen.json:1:15: retrieval: expected an object, found a number"),
    (
      #"{"retrieval.timeout_ms": 5}"#,
      "kitchen.json:1:2: retrieval.timeout_ms: is no setting; write sections as objects"
    ),
    (
      #"{"timeout_ms": 5}"#,
      "kitchen.json:1:2: timeout_ms: is no setting; did you mean retrieval.timeout_ms?"
    ),
    (
      #"{"retrieval": {"port": "5"}}"#,
      "kitchen.json:1:16: retrieval.port: is no setting; did you mean port?"
    ),
    (#"{"retreival": {}}"#, "kitchen.json:1:2: retreival: is no setting; did you mean retrieval?"),
    (#"{"zzz": {}}"#, "kitchen.json:1:2: zzz: is no setting; see --help"),
  ])
  func `a file that cannot be understood is refused with the place`(file: String, expected: String)
  {
    #expect(problems(file: file) == [expected])
  }

  @Test func `problems of flags are listed beside those of a broken file`() {
    #expect(problems(["--port", "x"], file: "{").count == 2)
  }
}
