internal import JSON

/// The JSON file that `--config` names.
struct ConfigurationFile {
  /// As the person wrote it, since it stands in front of every problem.
  let path: String
  let root: JSONValue

  static func read(
    path: String, readFile: (String) throws -> [UInt8]
  ) -> (file: ConfigurationFile?, problems: [ConfigurationProblem]) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      return (nil, [ConfigurationProblem(place: path, message: "cannot be read: \(error)")])
    }
    do throws(JSONError) {
      let root = try JSONValue(parsing: bytes)
      let file = ConfigurationFile(path: path, root: root)
      guard root.object != nil else {
        return (
          nil, [file.problem(at: root.position, "expected an object, found \(root.typeName)")]
        )
      }
      return (file, [])
    } catch {
      let problem = ConfigurationProblem(
        place: "\(path):\(error.position)", message: error.message, position: error.position)
      return (nil, [problem])
    }
  }

  /// The value at `retrieval.timeout_ms`, nil where it or a section on the way is absent.
  func value(at key: String) -> JSONValue? {
    key.split(separator: ".").reduce(root) { value, name in value?[String(name)] }
  }

  func place(_ position: JSONPosition) -> String { "\(path):\(position)" }

  func problem(
    at position: JSONPosition, key: String? = nil, _ message: String
  ) -> ConfigurationProblem {
    ConfigurationProblem(
      place: place(position) + (key.map { ": \($0)" } ?? ""), message: message, position: position)
  }

  /// What stands in the file and is no setting, with the setting that was likely meant.
  func unknownKeys(declarations: [SettingDeclaration]) -> [ConfigurationProblem] {
    let sections = Set(declarations.filter { $0.kind == .section }.map(\.key))
    let settings = declarations.map(\.key).filter { !sections.contains($0) }
    return unknownKeys(in: root, section: "", sections: sections, settings: settings)
  }

  private func unknownKeys(
    in value: JSONValue, section: String, sections: Set<String>, settings: [String]
  ) -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    for member in value.object ?? [] {
      let key = section.isEmpty ? member.name : "\(section).\(member.name)"
      if member.name.contains(".") {
        problems.append(
          problem(at: member.position, key: key, "is no setting; write sections as objects"))
      } else if sections.contains(key) {
        problems += unknownKeys(
          in: member.value, section: key, sections: sections, settings: settings)
      } else if !settings.contains(key) {
        let meant = suggestion(for: key, name: member.name, among: settings + sections.sorted())
        problems.append(
          problem(
            at: member.position, key: key,
            "is no setting" + (meant.map { "; did you mean \($0)?" } ?? "; see --help")))
      }
    }
    return problems
  }

  /// A right name in the wrong section comes before a similar name.
  private func suggestion(for key: String, name: String, among keys: [String]) -> String? {
    keys.first { $0.split(separator: ".").last.map(String.init) == name }
      ?? nearestName(to: key, among: keys)
  }
}
