import Glibc
import Node
import RPC
import Telemetry
import TestSupport

@testable import Commands

/// One inference replica, without a cluster around it, started the way a test wants it.
final class LoneService {
  let folder = TemporaryFolder()
  let process: ChildProgram
  let ready: ReadyFile
  let address: Address

  /// - Parameters:
  ///   - wrapper: a program and its arguments that starts the rest of its arguments in its place.
  ///   - listen: of the RPC port.
  init(
    wrapper: [String] = [], listen: String = "127.0.0.1:0", flags: [String] = []
  ) async throws {
    let town = try SmallTown(in: folder)
    let readyPath = folder.file("ready")
    let command =
      wrapper + [
        try Executables.path(ServiceKind.inference.program), "--models", town.modelsFolder,
        "--listen", listen, "--ready-file", readyPath, "--exit-with-parent",
      ] + flags
    let process = try await ChildProgram.start(
      command[0], Array(command.dropFirst()), name: "service", in: folder)
    self.process = process
    var found: ReadyFile?
    try await wait(for: "the service; \(process.tail)", seconds: TestCluster.startSeconds) {
      found = ReadyFile(reading: readyPath)
      return found != nil || process.end != nil
    }
    guard let found, let address = Address(found.listen) else {
      throw NotInTime(description: "the service ended; \(process.tail)")
    }
    ready = found
    self.address = address
  }

  deinit { process.killAndReap() }

  func client(limits: Limits = Limits()) async throws -> Client {
    try await Client(
      "inference", at: .list([address]), identity: Identity(replica: "test", software: "test"),
      limits: limits)
  }

  /// Waits until a call is answered; throws when that takes long.
  func waitForAnswer(_ client: Client) async throws {
    try await wait(for: "an answer; \(process.tail)", seconds: 20) {
      await client.isServed(milliseconds: 500)
    }
  }
}

extension Client {
  /// Whether a call is answered within the time.
  func isServed(milliseconds: Int) async -> Bool {
    let outcome = await call(.health, HealthRequest(), .within(milliseconds: milliseconds))
    if case .success = outcome.result { return true }
    return false
  }
}
