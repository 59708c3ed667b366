/// Why a request's model reference names no model. Known names are listed, for the caller to see.
package enum ModelLookupError: Error, Equatable {
  case noModels
  case ambiguousDefault(names: [String])
  case unknownName(String, names: [String])
  case unknownVersion(String, name: String, versions: [String])
}

extension ModelLookupError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noModels: "no model is loaded"
    case .ambiguousDefault(let names):
      "no model is the default; name one of \(names.joined(separator: ", "))"
    case .unknownName(let name, let names):
      "model '\(name)' is not loaded; there are \(names.joined(separator: ", "))"
    case .unknownVersion(let version, let name, let versions):
      "model '\(name)' has no version '\(version)'; there are \(versions.joined(separator: ", "))"
    }
  }
}
