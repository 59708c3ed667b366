internal import JSON

/// Gives a `Configuration` its values and collects what is wrong with them. See `Settings+Kinds`
/// for the kinds of settings.
package struct Settings {
  private let flags: CommandLineFlags
  private let file: ConfigurationFile?
  private let environment: (String) -> String?
  /// Whether listeners may be reached from them.
  var maySeeOtherMachines = false
  /// The names of the sections that are open.
  private var path: [String] = []
  private(set) var declarations: [SettingDeclaration] = []
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var effective: [EffectiveSetting] = []

  /// Only learns the declarations; every value is its default.
  init() {
    flags = CommandLineFlags()
    file = nil
    environment = { _ in nil }
  }

  init(
    flags: CommandLineFlags, file: ConfigurationFile?,
    environment: @escaping (String) -> String? = { _ in nil }
  ) {
    self.flags = flags
    self.file = file
    self.environment = environment
  }

  /// Settings that belong together: an object in the file, and `--name.key` as flags.
  package mutating func section<T>(
    _ name: String, _ help: String, _ body: (inout Settings) -> T
  ) -> T {
    let key = declare(name, kind: .section, constraints: "", help: help)
    if let value = file?.value(at: key), value.object == nil, let file {
      problems.append(
        file.problem(
          at: value.position, key: key, "expected an object, found \(value.typeName)"))
    }
    path.append(name)
    defer { path.removeLast() }
    return body(&self)
  }

  /// For checks across settings: adds a problem at the place where `key` of the open section was
  /// given. The key must have been declared.
  package mutating func refuse(_ key: String, _ message: String) {
    let key = fullKey(key)
    precondition(declarations.contains { $0.key == key }, "\(key) is not declared")
    if flags.values[key] != nil {
      refuseFlag(key, message)
    } else if let file, let value = file.value(at: key) {
      problems.append(file.problem(at: value.position, key: key, message))
    } else {
      problems.append(ConfigurationProblem(place: "\(key) (by default)", message: message))
    }
  }

  /// Declares and reads one setting. What is wrong in the file is reported even where a flag wins.
  mutating func read<T>(
    _ name: String, kind: SettingDeclaration.Kind, default standard: T, constraints: String,
    help: String, variables: [SettingVariable] = [], shown: (T) -> String,
    fromFlag: (String) throws(SettingProblem) -> T,
    fromFile: (JSONValue) throws(SettingProblem) -> T
  ) -> T {
    let key = declare(
      name, kind: kind, constraints: describe(constraints, default: shown(standard)), help: help)
    var value = standard
    var origin = EffectiveSetting.Origin.standard
    if let file, let json = file.value(at: key) {
      do throws(SettingProblem) {
        value = try fromFile(json)
        origin = .file(file.place(json.position))
      } catch {
        let position = error.position ?? json.position
        problems.append(file.problem(at: position, key: key, error.description))
      }
    }
    if flags.values[key] == nil, let (variable, text) = firstSet(of: variables) {
      do throws(SettingProblem) {
        value = try fromFlag(variable.flag(text))
        origin = .environment(variable.name)
      } catch {
        problems.append(ConfigurationProblem(place: variable.name, message: error.description))
      }
    }
    if let text = flags.values[key] {
      do throws(SettingProblem) {
        value = try fromFlag(text)
        origin = .flag
      } catch {
        refuseFlag(key, error.description)
      }
    }
    effective.append(EffectiveSetting(key: key, value: shown(value), origin: origin))
    return value
  }

  /// One that is empty counts as not set (OpenTelemetry's rule for its own).
  private func firstSet(of variables: [SettingVariable]) -> (SettingVariable, String)? {
    for variable in variables {
      if let text = environment(variable.name), !text.isEmpty { return (variable, text) }
    }
    return nil
  }

  private func describe(_ constraints: String, default standard: String) -> String {
    [constraints, standard.isEmpty ? "" : "default \(standard)"].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  private mutating func refuseFlag(_ key: String, _ message: String) {
    problems.append(
      ConfigurationProblem(place: SettingDeclaration.flag(of: key), message: message))
  }

  private mutating func declare(
    _ name: String, kind: SettingDeclaration.Kind, constraints: String, help: String
  ) -> String {
    precondition(Self.isSnakeCase(name), "\(name) is not in snake_case")
    let key = fullKey(name)
    precondition(!["config", "help", "version"].contains(key), "\(key) is taken")
    precondition(!declarations.contains { $0.key == key }, "\(key) is declared twice")
    declarations.append(
      SettingDeclaration(key: key, kind: kind, constraints: constraints, help: help))
    return key
  }

  private func fullKey(_ name: String) -> String { (path + [name]).joined(separator: ".") }

  private static func isSnakeCase(_ name: String) -> Bool {
    name.first.map { ("a"..."z").contains($0) } == true
      && name.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
  }
}
