import Glibc

/// The executables under test, built beside the test bundle.
enum Executables {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// The build folder of the running test bundle: `swift test` starts the bundle itself, or a
  /// runner that gets it as an argument.
  static func path(_ name: String) throws(Missing) -> String {
    let bundles = [ownPath()] + CommandLine.arguments
    let folders = bundles.compactMap { path in
      path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
    for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
      return "\(folder)/\(name)"
    }
    throw Missing(
      description: "no executable \(name) beside the test bundle; looked in "
        + folders.joined(separator: ", ") + "; swift build --build-tests makes it")
  }

  private static func ownPath() -> String {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!, $0.count)
    }
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}
