internal import JSON

extension Settings {
  package mutating func string(_ key: String, default standard: String, _ help: String) -> String {
    value(key, default: standard, shown: { $0 }, help) { text throws(SettingProblem) in text }
  }

  /// Several strings: an array in the file, separated by commas in a flag.
  package mutating func strings(
    _ key: String, default standard: [String], _ help: String
  ) -> [String] {
    values(key, default: standard, shown: { $0 }, help) { text throws(SettingProblem) in text }
  }

  /// - Parameter unit: in full and in the plural, for the help: `milliseconds`, `calls`.
  package mutating func integer(
    _ key: String, default standard: Int, in range: ClosedRange<Int>, unit: String = "",
    _ help: String
  ) -> Int {
    precondition(range.contains(standard), "\(key): \(standard) is not in \(range)")
    func check(_ value: Int) throws(SettingProblem) -> Int {
      guard range.contains(value) else {
        throw SettingProblem("\(value) is not in \(range.lowerBound)...\(range.upperBound)")
      }
      return value
    }
    return read(
      key, kind: .valued(placeholder: "N"), default: standard,
      constraints: Self.limits(unit, range.lowerBound, range.upperBound), help: help,
      shown: { String($0) },
      fromFlag: { text throws(SettingProblem) in
        guard let value = Int(text) else { throw SettingProblem("\"\(text)\" is not an integer") }
        return try check(value)
      },
      fromFile: { json throws(SettingProblem) in
        guard let number = json.number else { throw .unexpected(json, expected: "an integer") }
        guard let value = json.int64 else { throw SettingProblem("\(number) is not an integer") }
        return try check(Int(value))
      })
  }

  /// - Parameter unit: in full and in the plural, for the help: `kilometres`.
  package mutating func number(
    _ key: String, default standard: Double, in range: ClosedRange<Double>, unit: String = "",
    _ help: String
  ) -> Double {
    precondition(range.contains(standard), "\(key): \(standard) is not in \(range)")
    let (lowest, highest) = (Self.shortest(range.lowerBound), Self.shortest(range.upperBound))
    func check(_ value: Double, written: String) throws(SettingProblem) -> Double {
      guard range.contains(value) else {
        throw SettingProblem("\(written) is not in \(lowest)...\(highest)")
      }
      return value
    }
    return read(
      key, kind: .valued(placeholder: "X"), default: standard,
      constraints: Self.limits(unit, lowest, highest), help: help, shown: { Self.shortest($0) },
      fromFlag: { text throws(SettingProblem) in
        guard let value = Double(text), value.isFinite else {
          throw SettingProblem("\"\(text)\" is not a number")
        }
        return try check(value, written: text)
      },
      fromFile: { json throws(SettingProblem) in
        guard let written = json.number else { throw .unexpected(json, expected: "a number") }
        return try check(json.double ?? .infinity, written: written)
      })
  }

  package mutating func flag(_ key: String, default standard: Bool, _ help: String) -> Bool {
    read(
      key, kind: .boolean, default: standard, constraints: "", help: help, shown: { String($0) },
      fromFlag: { text throws(SettingProblem) in
        guard let value = Bool(text) else {
          throw SettingProblem("\"\(text)\" is neither true nor false")
        }
        return value
      },
      fromFile: { json throws(SettingProblem) in
        guard let value = json.bool else { throw .unexpected(json, expected: "true or false") }
        return value
      })
  }

  /// One of the cases, written as its raw value.
  package mutating func choice<T: CaseIterable & RawRepresentable>(
    _ key: String, default standard: T, _ help: String
  ) -> T where T.RawValue == String {
    let names = T.allCases.map(\.rawValue)
    func parse(_ text: String) throws(SettingProblem) -> T {
      if let value = T(rawValue: text) { return value }
      let meant = nearestName(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
      throw SettingProblem("\"\(text)\" is not one of \(names.joined(separator: ", "))\(meant)")
    }
    return read(
      key, kind: .valued(placeholder: "NAME"), default: standard,
      constraints: names.joined(separator: "|"), help: help, shown: { $0.rawValue },
      fromFlag: parse,
      fromFile: { json throws(SettingProblem) in
        guard let text = json.string else { throw .unexpected(json, expected: "a string") }
        return try parse(text)
      })
  }

  /// Anything that is written as a string, such as an address.
  /// - Parameter parse: throws what the person reads after the place: `"x" is no address`.
  package mutating func value<T>(
    _ key: String, default standard: T, shown: (T) -> String, placeholder: String = "TEXT",
    _ help: String, variables: [SettingVariable] = [], parse: (String) throws(SettingProblem) -> T
  ) -> T {
    read(
      key, kind: .valued(placeholder: placeholder), default: standard, constraints: "", help: help,
      variables: variables, shown: shown, fromFlag: parse,
      fromFile: { json throws(SettingProblem) in
        guard let text = json.string else { throw .unexpected(json, expected: "a string") }
        return try parse(text)
      })
  }

  /// Several of them: an array of strings in the file, separated by commas in a flag.
  package mutating func values<T>(
    _ key: String, default standard: [T], shown: (T) -> String, placeholder: String = "TEXT,…",
    _ help: String, parse: (String) throws(SettingProblem) -> T
  ) -> [T] {
    read(
      key, kind: .valued(placeholder: placeholder), default: standard, constraints: "", help: help,
      shown: { $0.map(shown).joined(separator: ",") },
      fromFlag: { text throws(SettingProblem) in
        var parsed: [T] = []
        for element in text.split(separator: ",") { parsed.append(try parse(String(element))) }
        return parsed
      },
      fromFile: { json throws(SettingProblem) in
        guard let elements = json.array else {
          throw .unexpected(json, expected: "an array of strings")
        }
        var parsed: [T] = []
        for element in elements {
          do throws(SettingProblem) {
            guard let text = element.string else {
              throw .unexpected(element, expected: "a string")
            }
            parsed.append(try parse(text))
          } catch {
            throw error.at(element.position)
          }
        }
        return parsed
      })
  }

  private static func limits(_ unit: String, _ lowest: some Any, _ highest: some Any) -> String {
    (unit.isEmpty ? "" : unit + ", ") + "\(lowest)...\(highest)"
  }

  private static func shortest(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension SettingProblem {
  fileprivate static func unexpected(_ json: JSONValue, expected: String) -> SettingProblem {
    SettingProblem("expected \(expected), found \(json.typeName)")
  }

  fileprivate func at(_ position: JSONPosition) -> SettingProblem {
    var problem = self
    problem.position = position
    return problem
  }
}
