import Testing

@testable import Commands

struct ClusterPlanTests {
  private let plan = ClusterPlan(
    runFolder: "/run/b", dataFolder: "/data", modelsFolder: "/models", binaryFolder: "/bin/b",
    port: 7_000)

  /// Values of flags; those without one are their own.
  private func flags(_ arguments: [String]) -> [String: String] {
    var flags: [String: String] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      let value = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
      if value != nil { rest.removeFirst() }
      flags[name] = value ?? name
    }
    return flags
  }

  @Test func `names count from one and give their files`() {
    #expect(plan.name(.inference, 0) == "inference-1")
    #expect(plan.log("inference-1") == "/run/b/inference-1.log")
    #expect(plan.readyFile("inference-1") == "/run/b/inference-1.ready")
    #expect(plan.replicaFile(.features) == "/run/b/features.replicas")
    #expect(plan.binary(.gateway) == "/bin/b/brigade-gateway")
  }

  @Test(arguments: ServiceKind.allCases)
  func `every process is told its name, its address and to end with its parent`(
    service: ServiceKind
  ) {
    let flags = flags(plan.arguments(service, name: "x-1", listen: nil))
    #expect(flags["--name"] == "x-1")
    #expect(flags["--listen"] == "127.0.0.1:0")
    #expect(flags["--ready-file"] == "/run/b/x-1.ready")
    #expect(flags["--exit-with-parent"] != nil)
  }

  @Test func `an admin port is the kernel's unless one is given`() {
    #expect(flags(plan.arguments(.gateway, name: "g", listen: nil))["--admin"] == nil)
    let given = plan.arguments(.gateway, name: "g", listen: nil, admin: "127.0.0.1:7900")
    #expect(flags(given)["--admin"] == "127.0.0.1:7900")
  }

  @Test func `services get the folder that they load, gateways the lists of the others`() {
    #expect(flags(plan.arguments(.retrieval, name: "r", listen: nil))["--data"] == "/data")
    #expect(flags(plan.arguments(.features, name: "f", listen: nil))["--data"] == "/data")
    #expect(flags(plan.arguments(.inference, name: "i", listen: nil))["--models"] == "/models")
    let gateway = flags(plan.arguments(.gateway, name: "g", listen: "127.0.0.1:7001"))
    #expect(gateway["--listen"] == "127.0.0.1:7001")
    #expect(gateway["--popular"] == "/data/popular.brigade")
    #expect(gateway["--spool"] == "/run/b/g.spool")
    for service in ["retrieval", "features", "inference"] {
      #expect(gateway["--\(service).replicas"] == "file:/run/b/\(service).replicas")
    }
    #expect(gateway["--gateway.replicas"] == nil)
    #expect(gateway["--edge"] == nil)
    let open = plan.arguments(.gateway, name: "g", listen: nil, edge: "127.0.0.1:8080")
    #expect(flags(open)["--edge"] == "127.0.0.1:8080")
  }

  @Test func `the first features replica begins the log, the others and retrieval follow`() {
    let first = flags(plan.arguments(.features, name: "features-1", listen: nil))
    let second = flags(plan.arguments(.features, name: "features-2", listen: nil))
    #expect(first["--events.writer"] != nil)
    #expect(second["--events.writer"] == nil)
    #expect(first["--state"] == "/run/b/features-1.state")
    #expect(second["--state"] == "/run/b/features-2.state")
    let retrieval = flags(plan.arguments(.retrieval, name: "retrieval-1", listen: nil))
    for flags in [first, second, retrieval] {
      #expect(flags["--events.follow"] == "file:/run/b/features.replicas")
    }
    #expect(retrieval["--state"] == nil)
    var kept = plan
    kept.stateFolder = "/live"
    let arguments = flags(kept.arguments(.features, name: "features-1", listen: nil))
    #expect(arguments["--state"] == "/live/features-1.state")
  }
}
