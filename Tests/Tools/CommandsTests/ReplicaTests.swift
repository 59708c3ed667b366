import Glibc
import Node
import Telemetry
import TestSupport
import Testing

@testable import Commands

/// A replica whose program is a script of the test.
struct ReplicaTests {
  private let folder = TemporaryFolder()

  private func replica(_ script: String) -> Replica {
    folder.write("#!/bin/sh\n\(script)\n", to: "brigade-inference")
    chmod(folder.file("brigade-inference"), 0o700)
    let plan = ClusterPlan(
      runFolder: folder.path, dataFolder: "", modelsFolder: "", binaryFolder: folder.path, port: 0)
    return Replica(.inference, 0, plan: plan, listen: nil)
  }

  /// Tends it until something changes, at a clock of the test's own.
  private func change(_ replica: inout Replica, _ now: Instant) async throws {
    for _ in 0..<2_000 {
      if try replica.tend(now) { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("nothing changed: \(replica.state)")
  }

  @Test func `it is ready once its own process has written its ready file`() async throws {
    var replica = replica("exec sleep 60")
    let now = Instant.now()
    #expect(!replica.isRunning)
    #expect(try replica.tend(now))
    #expect(replica.state == .starting)
    let pid = try #require(replica.pid)
    defer { kill(pid, SIGKILL) }
    let path = folder.file("inference-1.ready")
    // One that a process before it has left counts for nothing.
    try ReadyFile(replica: "inference-1", listen: "a:1", admin: "a:2", pid: pid + 1).write(to: path)
    #expect(try !replica.tend(now))
    #expect(!replica.isSettled)
    try ReadyFile(replica: "inference-1", listen: "a:1", admin: "a:2", pid: pid).write(to: path)
    #expect(try replica.tend(now))
    #expect(replica.ready?.listen == "a:1")
    #expect(replica.isSettled)

    replica.stop(SIGKILL)
    try await change(&replica, now)
    #expect(replica.state == .stopped)
    #expect(!replica.isRunning)
    #expect(!folder.names.contains("inference-1.ready"))
    #expect(try !replica.tend(now.adding(milliseconds: 60_000)))
  }

  @Test func `one that ends is started again after its pause, and says how it ended`() async throws
  {
    var replica = replica("echo told; exit 3")
    let now = Instant.now()
    #expect(try replica.tend(now))
    try await change(&replica, now)
    #expect(replica.lastEnd == "exit 3")
    #expect(replica.restarts == 1)
    // Nobody need wait for what can't get ready.
    #expect(replica.isSettled)
    #expect(replica.state == .waiting(now.adding(milliseconds: 100)))
    #expect(try !replica.tend(now.adding(milliseconds: 99)))
    #expect(try replica.tend(now.adding(milliseconds: 100)))
    #expect(replica.isRunning)
    try await change(&replica, now.adding(milliseconds: 100))
    #expect(replica.state == .waiting(now.adding(milliseconds: 300)))
    #expect(
      String(decoding: folder.bytes(of: "inference-1.log"), as: UTF8.self) == "told\ntold\n")
  }

  @Test func `the signal that ended it is named`() async throws {
    var replica = replica("kill -9 $$")
    let now = Instant.now()
    #expect(try replica.tend(now))
    try await change(&replica, now)
    #expect(replica.lastEnd == "signal 9")
  }
}
