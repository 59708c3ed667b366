import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Node

@Suite struct NodeSettingsTests {
  private func read(_ arguments: [String] = [], file: String? = nil) throws -> NodeSettings {
    try TestSettings.read(NodeSettings.self, arguments, file: file)
  }

  private func problems(_ arguments: [String] = [], file: String? = nil) -> [String] {
    TestSettings.problems(NodeSettings.self, arguments, file: file)
  }

  @Test func `nothing given listens on loopback, at ports that the kernel chooses`() throws {
    let settings = try read()
    #expect(settings.listen == .tcp(host: "127.0.0.1", port: 0))
    #expect(settings.admin == .tcp(host: "127.0.0.1", port: 0))
    #expect(settings.listen.isLoopback && settings.admin.isLoopback)
    #expect(settings.threads == 1)
    #expect(settings.drainMilliseconds == 10_000)
    #expect(settings.hangMilliseconds == 10_000)
    #expect(settings.name.isEmpty && settings.readyFile.isEmpty && !settings.exitWithParent)
    #expect(settings.logLevel == .info)
    #expect(settings.logFormat == .logfmt)
  }

  @Test func `limits not given are those of the RPC layer`() throws {
    let (limits, standard) = (try read().limits, Limits())
    #expect(limits.frameBytesMax == standard.frameBytesMax)
    #expect(limits.connectionsMax == standard.connectionsMax)
    #expect(limits.callsInFlightMax == standard.callsInFlightMax)
    #expect(limits.queueDepthMax == standard.queueDepthMax)
    #expect(limits.callsRunningMax == standard.callsRunningMax)
    #expect(limits.admission == standard.admission && limits.admission.isAdaptive)
    #expect(limits.partialFrameMilliseconds == standard.partialFrameMilliseconds)
  }

  @Test func `the file gives addresses, log and limits`() throws {
    let settings = try read(
      file: """
        {"listen": "unix:/run/a.sock", "admin": "[::1]:9000", "name": "a-1", "threads": 2,
         "log": {"level": "warn", "format": "json"},
         "limits": {"frame_bytes_max": 8192, "connections_max": 1, "calls_in_flight_max": 2,
                    "queue_depth_max": 3, "calls_running_max": 4, "partial_frame_ms": 5,
                    "adaptive": false, "concurrency_min": 6}}
        """)
    #expect(settings.listen == .unix(path: "/run/a.sock"))
    #expect(settings.admin == .tcp(host: "::1", port: 9_000))
    #expect(settings.name == "a-1")
    #expect(settings.threads == 2)
    #expect(settings.logLevel == .warn)
    #expect(settings.logFormat == .json)
    #expect(settings.limits.frameBytesMax == 8_192 && settings.limits.inflatedBytesMax == 8_192)
    #expect(settings.limits.connectionsMax == 1)
    #expect(settings.limits.callsInFlightMax == 2)
    #expect(settings.limits.queueDepthMax == 3)
    #expect(settings.limits.callsRunningMax == 4)
    #expect(settings.limits.partialFrameMilliseconds == 5)
    #expect(!settings.limits.admission.isAdaptive)
    #expect(settings.limits.admission.limit.least == 6)
  }

  @Test func `beyond this machine a token is needed, or the word that none is wanted`() throws {
    let folder = TemporaryFolder()
    folder.write("0123456789abcdef\n", to: "token")
    let needed = "is reached from other machines: give --token-file, or --insecure"
    for port in ["--listen", "--admin"] {
      let far = [port, "0.0.0.0:7000"]
      #expect(problems(far) == ["\(port): 0.0.0.0:7000 \(needed)"])
      #expect(problems(far + ["--insecure"]).isEmpty)
      #expect(problems([port, "unix:/run/a.sock"]).isEmpty)
      let settings = try read(far + ["--token-file", folder.file("token")])
      #expect(settings.token.text == "0123456789abcdef")
    }
    #expect(
      problems(file: #"{"listen": "[::]:1", "admin": "10.0.0.1:2"}"#) == [
        "test.json:1:12: listen: [::]:1 \(needed)",
        "test.json:1:31: admin: 10.0.0.1:2 \(needed)",
      ])
    #expect(try read().token == .none)
  }

  @Test func `a frame is as long as a peer's hello needs, and not too long for what holds it`()
    throws
  {
    let flag = "--limits.frame-bytes-max"
    for refused in ["1024", "8191", "33554433", "1073741824"] {
      #expect(problems([flag, refused]) == ["\(flag): \(refused) is not in 8192...33554432"])
    }
    for taken in ["8192", "33554432"] {
      let limits = try read([flag, taken]).limits
      #expect(limits.inflatedBytesMax == limits.frameBytesMax)
      #expect(limits.frameBytesMax + limits.outputBytesHigh <= limits.outputBytesMax)
      #expect(limits.frameBytesMax < Arena.defaultBytesMax)
      let server = ConnectionState(.server, token: "", limits: limits)
      var client = ConnectionState(.client, token: "", limits: Limits())
      try client.received(server.hello(replica: "a", software: "test"))
      #expect(client.phase == .open)
    }
  }

  @Test func `a token file that is none is refused with its path`() {
    let folder = TemporaryFolder()
    folder.write("short", to: "token")
    let (short, absent) = (folder.file("token"), folder.file("absent"))
    #expect(
      problems(["--token-file", short])
        == ["--token-file: \(short): a token has 16 to 256 characters, this one 5"])
    #expect(problems(["--token-file", absent]).first?.contains("cannot be opened") == true)
  }

  @Test func `every problem is listed with its place`() {
    let file = """
      {"listen": "7000",
       "threads": 0,
       "log": {"level": "loud"},
       "limits": {"frame_bytes_max": 12, "queue": 1}}
      """
    let found = problems(
      ["--admin", "localhost:99999", "--drain-ms=-1", "--hang-ms=99"], file: file)
    #expect(
      found == [
        "--admin: \"localhost:99999\" is neither host:port nor unix:/path",
        "--drain-ms: -1 is not in 0...600000",
        "--hang-ms: 99 is not in 100...600000",
        "test.json:1:12: listen: \"7000\" is neither host:port nor unix:/path",
        "test.json:2:13: threads: 0 is not in 1...64",
        "test.json:3:19: log.level: \"loud\" is not one of debug, info, warn, error",
        "test.json:4:32: limits.frame_bytes_max: 12 is not in 8192...33554432",
        "test.json:4:36: limits.queue: is no setting; see --help",
      ])
  }

  @Test(arguments: ["", ":7000", "a:", "a:b", "a:65536", "a:-1", "::1:7000", "unix:"])
  func `what is no address is refused`(address: String) {
    #expect(
      problems(["--listen", address])
        == ["--listen: \"\(address)\" is neither host:port nor unix:/path"])
  }
}
