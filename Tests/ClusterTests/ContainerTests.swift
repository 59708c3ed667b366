import Node
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// deploy/container: what can be said of an image without building it.
  @Suite(.serialized) struct ContainerTests {
    private static let folder = "\(DeployedFile.folder)/container"
    private let temporary = TemporaryFolder()

    @Test(
      .enabled(if: OutsideTool.hadolint.isPresent, OutsideTool.hadolint.absence),
      arguments: ["Dockerfile", "payload.Dockerfile"])
    func `a linter finds nothing`(name: String) async throws {
      let run = try await OutsideTool.hadolint.run(["\(Self.folder)/\(name)"], in: temporary)
      #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
      let text = DeployedFile("container/\(name)").text
      temporary.write(text + "FROM debian:latest\nUSER root\n", to: "Dockerfile")
      let careless = try await OutsideTool.hadolint.run(
        [temporary.file("Dockerfile")], in: temporary)
      #expect(careless.end != .exit(0), "\(careless.output)")
    }

    @Test func `the image has all programs, no root, and a check of its health`() {
      let file = DeployedFile("container/Dockerfile")
      for program in ServiceKind.allCases.map(\.program) + ["brigade"] {
        #expect(
          file.text.split { " \n;".contains($0) }.contains(Substring(program)), "\(program)")
      }
      #expect(file.values(after: "FROM ").count == 2)
      #expect(file.values(after: "USER ") == ["10001:10001"])
      let (name, value) = ServerEnvironment.allocator
      #expect(file.values(after: "ENV ") == ["\(name)=\(value)"])
      #expect(file.values(after: "HEALTHCHECK ").count == 1)
    }

    @Test func `the check of health follows the service`() async throws {
      let service = try await LoneService()
      let port = String(service.ready.admin.drop { $0 != ":" }.dropFirst())
      let check: () async throws -> ChildProgram.End = {
        try await FinishedProgram.run(
          "\(Self.folder)/healthcheck", [], in: temporary,
          environment: ["BRIGADE_ADMIN_PORT=\(port)"]
        ).end
      }
      #expect(try await check() == .exit(0))
      service.process.killAndReap()
      #expect(try await check() == .exit(1))
    }
  }
}
