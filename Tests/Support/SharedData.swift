internal import Glibc

/// Real data kept beside the checkout, never in it. Tests that need it are skipped where it is not.
package enum SharedData {
  /// `$BRIGADE_SHARED`, or `shared` beside the checkout.
  package static let folder: String =
    getenv("BRIGADE_SHARED").map { String(cString: $0) } ?? "\(Checkout.root)/../shared"

  package static func has(_ path: String) -> Bool { access("\(folder)/\(path)", R_OK) == 0 }

  package static func absence(_ path: String) -> String {
    "no \(path) in \(folder); set BRIGADE_SHARED to have it"
  }
}

/// The package that is tested.
package enum Checkout {
  /// Its folder, as this file is in Tests/Support.
  package static let root: String =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
}
