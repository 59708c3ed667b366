internal import JSON

/// A command line taken apart: `--key VALUE`, `--key=VALUE`, and `--key` alone where it is boolean.
struct CommandLineFlags {
  private(set) var asksForHelp = false
  private(set) var asksForVersion = false
  private(set) var configPath: String?
  private(set) var problems: [ConfigurationProblem] = []
  /// By the settings' keys.
  private(set) var values: [String: String] = [:]

  init() {}

  init(_ arguments: [String], declarations: [SettingDeclaration]) {
    let known = Dictionary(
      uniqueKeysWithValues: declarations.filter { $0.kind != .section }.map { ($0.flag, $0) })
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.first.map { String($0) } ?? ""
      let attached = parts.count > 1 ? String(parts[1]) : nil
      switch name {
      case "--help", "-h": asksForHelp = true
      case "--version": asksForVersion = true
      case "--config":
        guard let path = takeValue(of: name, attached: attached, from: &rest) else { break }
        if configPath != nil { refuse(name, "stands twice") }
        configPath = path
      default:
        guard let declaration = known[name] else {
          refuseUnknown(argument, name: name, known: Array(known.keys))
          break
        }
        let isBoolean = declaration.kind == .boolean
        guard
          let value = isBoolean
            ? attached ?? "true" : takeValue(of: name, attached: attached, from: &rest)
        else { break }
        if values.updateValue(value, forKey: declaration.key) != nil {
          refuse(name, "stands twice")
        }
      }
    }
  }

  private mutating func takeValue(
    of name: String, attached: String?, from rest: inout ArraySlice<String>
  ) -> String? {
    if let attached { return attached }
    // A flag in the place of a value is a forgotten value far more often than a value.
    guard let next = rest.first, !next.hasPrefix("--") else {
      refuse(name, "needs a value")
      return nil
    }
    return rest.popFirst()
  }

  private mutating func refuse(_ place: String, _ message: String) {
    problems.append(ConfigurationProblem(place: place, message: message))
  }

  private mutating func refuseUnknown(_ argument: String, name: String, known: [String]) {
    guard name.hasPrefix("-") else {
      return refuse("\"\(argument)\"", "is no flag; settings are --name VALUE")
    }
    let names = (known + ["--config", "--help", "--version"]).sorted()
    let nearest = nearestName(to: name, among: names)
    refuse(name, "is no flag" + (nearest.map { "; did you mean \($0)?" } ?? "; see --help"))
  }
}
