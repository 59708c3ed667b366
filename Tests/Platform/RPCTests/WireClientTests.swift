import CLinux
import Glibc
import RPC
import TestSupport
import Testing

/// A client in another language, written from WIRE.md and the .proto files alone.
@Suite struct WireClientTests {
  private static let python: String? = {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").map { "\($0)/python3" }.first { access($0, X_OK) == 0 }
  }()

  private struct Outcome {
    var status: Int32
    var output: String
  }

  /// Runs the script to its end; its own timeouts bound it.
  private func run(_ arguments: [String]) throws -> Outcome {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    defer { posix_spawn_file_actions_destroy(&actions) }
    let python = try #require(Self.python)
    let script = "\(Checkout.root)/Tests/Fixtures/wire_client.py"
    var words = ([python, script] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let error = posix_spawn(&process, python, &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    try #require(error == 0)
    var output: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4_096)
    while case let count = read(ends[0], &part, part.count), count > 0 { output += part[..<count] }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    return Outcome(
      status: linux_exited(status) != 0 ? linux_exit_status(status) : -1,
      output: String(decoding: output, as: UTF8.self))
  }

  private func port(_ address: Address) -> String {
    guard case .tcp(_, let port) = address else { return "" }
    return "\(port)"
  }

  @Test(.enabled(if: python != nil, "python3 is not installed"))
  func `it is answered`() throws {
    let test = try TestServer(token: "kitchen")
    let outcome = try run(["127.0.0.1", port(test.address), "kitchen"])
    #expect(outcome.status == 0 && outcome.output == "SERVING\n", "\(outcome)")
  }

  @Test(.enabled(if: python != nil, "python3 is not installed"))
  func `it is told why it is not answered`() throws {
    let test = try TestServer(token: "kitchen")
    let outcome = try run(["127.0.0.1", port(test.address), "street"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "closed: code 4, the cluster token differs\n", "\(outcome)")
  }
}
