// swift-tools-version: 6.2
import PackageDescription

// Layers, in the order of dependence: C, Platform, Ranking, Serving, Tools. A target may depend on
// what stands above it here; the build refuses an import that is not declared.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ layer: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)",
    swiftSettings: settings)
}

func program(_ layer: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/\(layer)/\(name)",
    swiftSettings: settings)
}

/// Tests are run once, so optimising them costs more than it gains; what they test is optimised.
let testSettings = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// The tests of one module, at the mirror of its place under Sources.
func tests(_ layer: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    path: "Tests/\(layer)/\(name)Tests", swiftSettings: testSettings)
}

let c: [Target] = [
  .target(name: "CLinux", path: "Sources/C/CLinux"),
  .systemLibrary(
    name: "CProtobufC", path: "Sources/C/CProtobufC", pkgConfig: "libprotobuf-c",
    providers: [.apt(["libprotobuf-c-dev"])]),
  .systemLibrary(
    name: "CZlib", path: "Sources/C/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CBench", path: "Sources/C/CBench"),
  .target(name: "CTrees", path: "Sources/C/CTrees"),
  .target(name: "CPage", path: "Sources/C/CPage", exclude: ["page.html"]),
  .target(name: "CMessages", dependencies: ["CProtobufC"], path: "Sources/C/CMessages"),
]

let platform: [Target] = [
  module("Platform", "JSON"),
  module("Platform", "Telemetry", ["CLinux", "JSON"]),
  module("Platform", "Storage", ["CLinux", "CZlib"]),
  module(
    "Platform", "RPC", ["CLinux", "CProtobufC", "CMessages", "CZlib", "JSON", "Telemetry"]),
  module("Platform", "Simulation", ["RPC", "Telemetry"]),
  module(
    "Platform", "HTTP", ["CLinux", "CProtobufC", "CMessages", "JSON", "Telemetry", "RPC"]),
  module(
    "Platform", "Node",
    ["CLinux", "CMessages", "JSON", "Telemetry", "Storage", "RPC", "HTTP"]),
]

let shared: [Target.Dependency] = [
  "JSON", "Telemetry", "Storage", "RPC", "HTTP", "Node", "Messages", "Definitions",
]

let ranking: [Target] = [
  module("Ranking", "Messages", ["CProtobufC", "CMessages", "RPC"]),
  module("Ranking", "Definitions", ["JSON", "Storage", "RPC", "Messages"]),
  module("Ranking", "Events", shared),
  module("Ranking", "Retrieval", shared + ["Events"]),
  module("Ranking", "Features", shared + ["Events"]),
  module("Ranking", "Inference", shared + ["CTrees"]),
  module("Ranking", "Gateway", shared + ["CPage", "Events"]),
]

let serving: [Target] = [
  program("Serving", "brigade-retrieval", ["Node", "Retrieval"]),
  program("Serving", "brigade-features", ["Node", "Features"]),
  program("Serving", "brigade-inference", ["Node", "Inference"]),
  program("Serving", "brigade-gateway", ["Node", "Gateway"]),
]

let tools: [Target] = [
  module("Tools", "BrigadeClient", ["RPC", "Telemetry", "Messages"]),
  module(
    "Tools", "Commands",
    shared + [
      "CBench", "CLinux", "CMessages", "CZlib", "Simulation", "Events", "Retrieval", "Features",
      "Inference", "Gateway",
    ]),
  program("Tools", "brigade", ["Commands"]),
]

let testing: [Target] = [
  .target(name: "TestSupport", path: "Tests/Support", swiftSettings: testSettings),
  .target(
    name: "ServingSupport", dependencies: ["Node", "RPC", "Telemetry", "TestSupport", "CLinux"],
    path: "Tests/ServingSupport", swiftSettings: testSettings),
  tests("Platform", "JSON"),
  tests("Platform", "Telemetry", ["JSON", "CLinux"]),
  tests("Platform", "Storage"),
  tests("Platform", "RPC", ["CLinux", "CMessages", "JSON", "Telemetry"]),
  tests("Platform", "HTTP", ["CZlib", "JSON", "RPC", "Telemetry", "ServingSupport"]),
  tests("Platform", "Node", ["HTTP", "JSON", "RPC", "Telemetry", "ServingSupport"]),
  tests("Ranking", "Messages", ["CMessages", "JSON", "RPC"]),
  tests("Ranking", "Definitions", ["Messages", "RPC", "Storage"]),
  tests(
    "Ranking", "Events",
    ["Messages", "Definitions", "RPC", "Node", "Storage", "Telemetry", "ServingSupport"]),
  tests(
    "Ranking", "Retrieval",
    ["Events", "Messages", "Definitions", "RPC", "Node", "Storage", "ServingSupport"]),
  tests(
    "Ranking", "Features",
    ["JSON", "Events", "Messages", "Definitions", "RPC", "Node", "Storage", "ServingSupport"]),
  tests(
    "Ranking", "Inference",
    ["CZlib", "JSON", "Storage", "Telemetry", "RPC", "Node", "Messages", "ServingSupport"]),
  tests(
    "Ranking", "Gateway",
    [
      "JSON", "HTTP", "Events", "Messages", "Definitions", "RPC", "Node", "Storage", "Telemetry",
      "ServingSupport",
    ]),
  tests("Tools", "BrigadeClient", ["Messages", "RPC", "ServingSupport"]),
  tests(
    "Tools", "Commands",
    [
      "CZlib", "Definitions", "Events", "Features", "HTTP", "Inference", "JSON", "Messages", "Node",
      "RPC", "Retrieval", "Simulation", "Storage", "Telemetry",
    ]),
  .target(
    name: "FuzzTargets",
    dependencies: [
      "JSON", "RPC", "HTTP", "Node", "Messages", "Features", "Inference", "Gateway", "Commands",
    ], path: "Tests/Fuzz/FuzzTargets", swiftSettings: settings),
  .testTarget(
    name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport", "Telemetry"],
    path: "Tests/Fuzz/FuzzTests", swiftSettings: testSettings),
  .testTarget(
    name: "SimulationTests", dependencies: ["Simulation", "RPC", "Telemetry", "TestSupport"],
    path: "Tests/Simulation", swiftSettings: testSettings),
  .testTarget(
    name: "ClusterTests",
    dependencies: [
      "Commands", "RPC", "Messages", "Node", "Definitions", "Events", "HTTP", "Storage",
      "Telemetry", "JSON", "TestSupport", "ServingSupport", "CBench", "CLinux",
    ], path: "Tests/ClusterTests", swiftSettings: testSettings),
]

/// libFuzzer's driver has the main function of this one; deploy/fuzz asks for it.
let coverage: [Target] =
  Context.environment["BRIGADE_FUZZ_BUILD"] == nil
  ? []
  : [
    .executableTarget(
      name: "brigade-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Coverage",
      swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "brigade",
  products: [.library(name: "BrigadeClient", targets: ["BrigadeClient"])],
  targets: c + platform + ranking + serving + tools + testing + coverage)
