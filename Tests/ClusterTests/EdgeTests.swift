import CLinux
import Glibc
import HTTP
import JSON
import Node
import RPC
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// The gateway's HTTP port, asked by clients that are not ours.
  @Suite(.serialized) struct EdgeTests {
    private static let rank =
      #"{"requestId":"r-1","userId":"user-1","place":{"latitude":37.76,"longitude":-122.41},"#
      + #""nowMs":"\#(SmallTown.nowMilliseconds)","count":20}"#

    private func cluster() async throws -> TestCluster {
      try await TestCluster(
        retrieval: 1, features: 1, inference: 1,
        gatewayFlags: ["--edge", "127.0.0.1:0", "--edge-cors-origins", "https://app.example"])
    }

    private func address(_ cluster: TestCluster) throws -> String {
      "http://" + (try #require(cluster[.gateway][0].ready.edge))
    }

    private func curl(
      _ arguments: [String], in cluster: TestCluster, path: String = "/brigade.v1.Gateway/Rank"
    ) async throws -> FinishedProgram {
      let run = try await FinishedProgram.run(
        "/usr/bin/env",
        ["curl", "-sS", "--max-time", "20", try address(cluster) + path] + arguments,
        in: cluster.folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      return run
    }

    private func post(
      _ body: String, _ more: [String] = [], in cluster: TestCluster
    ) async throws -> (head: String, json: JSONValue) {
      let run = try await curl(
        ["-i", "-H", "Content-Type: application/json", "-d", body] + more, in: cluster)
      let end = try #require(run.output.firstRange(of: "\r\n\r\n"), "\(run.output)")
      return (
        run.output[..<end.lowerBound].lowercased(),
        try JSONValue(parsing: String(run.output[end.upperBound...]))
      )
    }

    @Test func `curl ranks with JSON`() async throws {
      let cluster = try await cluster()
      let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
      let (head, json) = try await post(
        Self.rank, ["-H", "traceparent: 00-\(trace)-00f067aa0ba902b7-01"], in: cluster)
      #expect(head.hasPrefix("http/1.1 200 ok"))
      #expect(head.contains("content-type: application/json"))
      #expect(head.contains("traceparent: 00-\(trace)-"))
      #expect(json["requestId"]?.string == "r-1")
      #expect(json["nowMs"]?.string == "\(SmallTown.nowMilliseconds)")
      #expect(json["items"]?.array?.count == 20)
      #expect(json["hops"]?.array?.count == 4)
      try await wait(for: "both calls to be counted") { cluster.callCount(of: "gateway-1") >= 2 }
      try await wait(for: "the answer to be counted") {
        cluster.metric("brigade_edge_responses_total", of: cluster[.gateway][0]) == 1
      }
    }

    @Test func `what is wrong is told in Connect's words`() async throws {
      let cluster = try await cluster()
      for (body, status, told) in [
        (#"{"place":{"latitude":91,"longitude":0}}"#, 400, "place.latitude"),
        (#"{"usrId":"x"}"#, 400, "usrId"),
        ("{", 400, "1:2"),
      ] {
        let (head, json) = try await post(body, in: cluster)
        #expect(head.hasPrefix("http/1.1 \(status)"), "\(head)")
        #expect(json["code"]?.string == "invalid_argument")
        #expect(json["message"]?.string?.contains(told) == true, "\(json)")
      }
      let late = try await post(Self.rank, ["-H", "Connect-Timeout-Ms: 0"], in: cluster)
      #expect(late.head.hasPrefix("http/1.1 504"))
      #expect(late.json["code"]?.string == "deadline_exceeded")
      let gone = try await curl(["-d", "{}"], in: cluster, path: "/brigade.v1.Reflection/List")
      #expect(gone.output.contains(#""code":"unimplemented""#))
    }

    @Test func `gzip goes both ways`() async throws {
      let cluster = try await cluster()
      cluster.folder.write(Self.rank, to: "request")
      let packed = try await FinishedProgram.run(
        "/usr/bin/env", ["gzip", "-k", cluster.folder.file("request")], in: cluster.folder)
      #expect(packed.end == .exit(0))
      let run = try await curl(
        [
          "--compressed", "-H", "Content-Type: application/json", "-H", "Content-Encoding: gzip",
          "--data-binary", "@\(cluster.folder.file("request.gz"))", "-D",
          cluster.folder.file("head"),
        ], in: cluster)
      let head = String(decoding: cluster.folder.bytes(of: "head"), as: UTF8.self)
      #expect(head.contains("Content-Encoding: gzip"))
      #expect(try JSONValue(parsing: run.output)["items"]?.array?.count == 20)
    }

    @Test func `two requests take one connection`() async throws {
      let cluster = try await cluster()
      let run = try await curl(
        [
          "-H", "Content-Type: application/json", "-d", Self.rank, "-w", "\n%{num_connects}\n",
          "-o", cluster.folder.file("first"), "-o", cluster.folder.file("second"),
          try address(cluster) + "/brigade.v1.Gateway/Rank",
        ], in: cluster)
      let connects = run.output.split(separator: "\n").map(String.init)
      #expect(connects == ["1", "0"], "\(run.output)")
    }

    @Test func `a browser of a listed site may call`() async throws {
      let cluster = try await cluster()
      for (site, allowed) in [("https://app.example", true), ("https://evil.example", false)] {
        let run = try await curl(
          [
            "-i", "-X", "OPTIONS", "-H", "Origin: \(site)", "-H",
            "Access-Control-Request-Method: POST", "-H",
            "Access-Control-Request-Headers: content-type,connect-timeout-ms",
          ], in: cluster)
        #expect(run.output.hasPrefix("HTTP/1.1 204"))
        #expect(run.output.contains("Access-Control-Allow-Origin: \(site)") == allowed)
        let (head, _) = try await post(Self.rank, ["-H", "Origin: \(site)"], in: cluster)
        #expect(head.contains("access-control-allow-origin: \(site)") == allowed)
      }
    }

    @Test func `a client that connectrpc generates is answered`() async throws {
      let cluster = try await cluster()
      let run = try await FinishedProgram.run(
        "/usr/bin/env",
        [
          "python3", "\(Checkout.root)/Tests/Fixtures/connect_client.py", "\(Checkout.root)/proto",
          cluster.folder.path, try address(cluster), "\(SmallTown.nowMilliseconds)",
        ], in: cluster.folder, seconds: 60)
      if run.end == .exit(77) {
        print("the test with a generated Connect client is \(run.output)")
      } else {
        #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
        #expect(run.output.hasSuffix("ok\n"))
      }
    }
  }
}
