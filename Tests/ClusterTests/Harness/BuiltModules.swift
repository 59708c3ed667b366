import Glibc
import TestSupport

/// The client library as it was built beside the tests, so that a program can be compiled against it
/// in a second. A package of one's own would build everything anew.
struct BuiltModules {
  static let absence = "the build folder is not laid out as expected"

  private static let modules = ["BrigadeClient", "RPC", "Telemetry", "JSON", "Messages"]
  private static let cModules = ["CMessages", "CLinux"]

  private let folder: String

  /// Nil where the build folder looks otherwise than today's toolchain leaves it.
  init?() {
    guard let program = try? Executables.path("brigade"), let end = program.lastIndex(of: "/")
    else { return nil }
    folder = String(program[..<end])
    let needed =
      ["Modules/BrigadeClient.swiftmodule"] + Self.modules.map { "\($0).build" }
      + Self.cModules.map { "\($0).build/module.modulemap" }
    for path in needed where access("\(folder)/\(path)", R_OK) != 0 { return nil }
  }

  /// A shell command.
  func compiler(_ source: String, to program: String) -> String {
    let maps = Self.cModules.map { "-Xcc -fmodule-map-file=\(folder)/\($0).build/module.modulemap" }
    let headers = ["CProtobufC", "CZlib"].map { "-I '\(Checkout.root)/Sources/C/\($0)'" }
      .joined(separator: " ")
    let objects = (Self.modules + Self.cModules).map { "\(folder)/\($0).build/*.o" }
    return "swiftc -swift-version 6 \(source) -o \(program) -I \(folder)/Modules "
      + "\(maps.joined(separator: " ")) \(headers) \(objects.joined(separator: " ")) "
      + "-lprotobuf-c -lz"
  }
}
