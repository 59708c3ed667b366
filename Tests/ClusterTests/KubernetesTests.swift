import Glibc
import TestSupport
import Testing

@testable import Commands

extension RealProcesses {
  /// deploy/kubernetes: what the API server and the executables would refuse, and what our own
  /// parts owe to one another.
  @Suite(.serialized) struct KubernetesTests {
    private static let folder = "\(DeployedFile.folder)/kubernetes"
    private static let overlays = ["small", "production"]
    private static let baseFiles = [
      "namespace", "gateway", "retrieval", "features", "inference", "disruption-budgets",
      "network-policies",
    ]
    /// Who calls whom, and at which port.
    private static let calls: [(caller: ServiceKind, service: ServiceKind, port: Int)] = [
      (.gateway, .retrieval, 7100), (.gateway, .features, 7200), (.gateway, .inference, 7300),
      (.retrieval, .features, 7200), (.features, .features, 7200),
    ]

    private let temporary = TemporaryFolder()

    private static func base(_ service: ServiceKind) -> DeployedFile {
      DeployedFile("kubernetes/base/\(service).yaml")
    }

    private func validate(_ paths: [String]) async throws -> FinishedProgram {
      try await OutsideTool.kubernetesValidate.run(["--strict"] + paths, in: temporary)
    }

    private func render(_ overlay: String) async throws -> String {
      let run = try await OutsideTool.kubectl.run(
        ["kustomize", "\(Self.folder)/overlays/\(overlay)"], in: temporary)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      return run.output
    }

    // MARK: Schemas

    @Test(
      .enabled(
        if: OutsideTool.kubernetesValidate.isPresent, OutsideTool.kubernetesValidate.absence))
    func `the base is what the schemas of Kubernetes ask for`() async throws {
      let run = try await validate(Self.baseFiles.map { "\(Self.folder)/base/\($0).yaml" })
      #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
    }

    @Test(
      .enabled(
        if: OutsideTool.kubernetesValidate.isPresent, OutsideTool.kubernetesValidate.absence),
      .enabled(if: OutsideTool.kubectl.isPresent, OutsideTool.kubectl.absence),
      arguments: overlays)
    func `an overlay is rendered to what the schemas ask for`(overlay: String) async throws {
      let rendered = try await render(overlay)
      temporary.write(rendered, to: "rendered.yaml")
      let run = try await validate([temporary.file("rendered.yaml")])
      #expect(run.end == .exit(0), "\(run.output)\(run.errorOutput)")
      let wrong = rendered.split(separator: "runAsNonRoot: true").joined(
        separator: "runAsNotRoot: true")
      temporary.write(wrong, to: "wrong.yaml")
      let refused = try await validate([temporary.file("wrong.yaml")])
      #expect(refused.end != .exit(0), "a key that is no key is taken")
    }

    @Test(.enabled(if: OutsideTool.kubectl.isPresent, OutsideTool.kubectl.absence))
    func `production scales by itself, and small does not`() async throws {
      let small = try await render("small")
      let production = try await render("production")
      #expect(!small.contains("HorizontalPodAutoscaler"))
      #expect(production.contains("name: brigade_inference_utilization_ratio"))
      #expect(production.contains("whenUnsatisfiable: DoNotSchedule"))
      for rendered in [small, production] {
        #expect(rendered.contains("image: brigade:0.1.0"))
        #expect(!rendered.contains("image: brigade\n"), "an image without a version")
        #expect(!rendered.contains("kind: Secret\n"), "the token is made in the cluster")
      }
    }

    // MARK: Executables

    @Test(arguments: ServiceKind.allCases)
    func `the executable takes the flags of its pods`(service: ServiceKind) async throws {
      let file = Self.base(service)
      let flags = file.values(after: "- --").map { "--\($0)" }
      #expect(flags.count >= 6)
      let run = try await service.runWithoutData(flags, in: temporary)
      #expect(run.end == .exit(1), "\(run.errorOutput)")
      let missing = service == .inference ? "/models" : "/data"
      #expect(run.errorOutput.contains(missing), "\(run.errorOutput)")
      let wrong = try await service.runWithoutData(flags + ["--lissten=1"], in: temporary)
      #expect(wrong.end == .exit(64), "a flag that is none is taken")
    }

    @Test(arguments: ServiceKind.allCases)
    func `a pod gets more time to end than its drain takes`(service: ServiceKind) throws {
      let file = Self.base(service)
      let grace = try #require(file.integer(after: "terminationGracePeriodSeconds: "))
      let drain = try #require(file.integer(after: "- --drain-ms="))
      let pause = try #require(file.integer(after: "command: [sleep, \""))
      #expect(grace * 1_000 >= pause * 1_000 + drain + 10_000)
    }

    @Test(arguments: ServiceKind.allCases)
    func `every container is without rights, and probed`(service: ServiceKind) {
      let file = Self.base(service)
      let containers = file.values(after: "image: ").count
      #expect(containers >= 2)
      for line in [
        "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]",
      ] {
        #expect(file.values(after: line).count == containers, "\(line)")
      }
      for line in ["runAsNonRoot: true", "automountServiceAccountToken: false"] {
        #expect(file.values(after: line).count == 1, "\(line)")
      }
      #expect(file.values(after: "path: /readyz").count == 2)
      #expect(file.values(after: "path: /livez").count == 1)
      #expect(file.values(after: "secretName: brigade-token").count == 1)
      #expect(file.values(after: "topologyKey: ").count == 2)
    }

    // MARK: Who begins the log

    /// - Parameter others: whether other replicas are found by their service's name.
    private func role(_ host: String, hasState: Bool, others: Bool) async throws -> String {
      let folder = TemporaryFolder()
      folder.makeFolder("state")
      if hasState { folder.write("1", to: "state/epoch") }
      // The name is looked up again and again; a wait of its own is no part of the decision.
      folder.write("#!/bin/sh\nexit \(others ? 0 : 2)\n", to: "bin/getent")
      folder.write("#!/bin/sh\n", to: "bin/sleep")
      for name in ["getent", "sleep"] { chmod(folder.file("bin/\(name)"), 0o700) }
      let run = try await FinishedProgram.run(
        "/usr/bin/env",
        [
          "PATH=\(folder.file("bin")):/usr/bin:/bin", "HOSTNAME=\(host)", "sh",
          "\(Self.folder)/base/features-role", folder.file("state"), folder.file("role.json"),
        ], in: folder)
      #expect(run.end == .exit(0), "\(run.errorOutput)")
      return String(decoding: folder.bytes(of: "role.json"), as: UTF8.self)
    }

    @Test(arguments: [
      ("features-0", false, false, true), ("features-0", false, true, false),
      ("features-0", true, false, false), ("features-1", false, true, false),
      ("features-10", false, true, false), ("features-1", true, false, false),
    ])
    func `only a cluster's first replica begins the log`(
      host: String, hasState: Bool, others: Bool, begins: Bool
    ) async throws {
      let role = try await role(host, hasState: hasState, others: others)
      #expect(role == "{\"events\": {\"writer\": \(begins)}}\n")
    }

    // MARK: Between the parts

    @Test func `who calls a service finds its replicas, and only they are let in`() {
      let policies = DeployedFile("kubernetes/base/network-policies.yaml").text
        .split(separator: "\n---\n").map { String($0) }
      for (caller, service, port) in Self.calls {
        #expect(Self.base(caller).text.contains("=dns:\(service):\(port)\n"))
        let called = Self.base(service)
        #expect(called.text.contains("- --listen=0.0.0.0:\(port)\n"))
        #expect(called.text.contains("clusterIP: None"))
        #expect(called.text.contains("port: \(port)\n      targetPort: rpc"))
        let own = policies.first { $0.contains("  name: \(caller)\nspec:") } ?? ""
        #expect(own.contains("port: \(port)\n") || own.hasSuffix("port: \(port)"))
      }
      for service in ServiceKind.allCases where service != .gateway {
        let policy = policies.first { $0.contains("  name: \(service)\nspec:") } ?? ""
        let ingress = policy.split(separator: "  egress:").first.map { String($0) } ?? ""
        let named = DeployedFile(text: ingress).values(after: "app.kubernetes.io/name: ")
          .dropFirst()
        let callers = Self.calls.filter { $0.service == service }.map { "\($0.caller)" }
        #expect(Set(named) == Set(callers), "\(service)")
      }
    }
  }
}
