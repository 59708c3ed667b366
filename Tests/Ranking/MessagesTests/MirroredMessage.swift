import JSON
import Messages

/// Holds a Swift value against the JSON of the message that it was read from, property by property,
/// so that two fields that were mixed up both ways show too.
struct MirroredMessage {
  private(set) var problems: [String] = []

  mutating func compare(_ value: Any, _ json: JSONValue, at path: String) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
      guard let inside = mirror.children.first else { return differ(path, "absent", "present") }
      return compare(inside.value, json, at: path)
    }
    switch json.kind {
    case .object(let members): compare(mirror, members, at: path)
    case .array(let elements):
      guard mirror.children.count == elements.count else {
        return differ(path, "\(mirror.children.count) elements", "\(elements.count)")
      }
      for (index, (child, element)) in zip(mirror.children, elements).enumerated() {
        compare(child.value, element, at: "\(path)[\(index)]")
      }
    case .string(let text): compare(text, value, at: path)
    case .number(let text): compare(text, number(value), at: path)
    case .bool(let flag): compare("\(flag)", value, at: path)
    case .null: differ(path, "\(value)", "null")
    }
  }

  private mutating func compare(_ mirror: Mirror, _ members: [JSONMember], at path: String) {
    if mirror.children.count != members.count {
      differ(path, "\(mirror.children.count) properties", "\(members.count) fields")
    }
    for member in members {
      let wanted = Self.property(member.name)
      let child = mirror.children.first { $0.label?.lowercased() == wanted }
      guard let child else { return differ(path, "no property", member.name) }
      compare(child.value, member.value, at: "\(path).\(member.name)")
    }
  }

  private mutating func compare(_ text: String, _ value: Any, at path: String) {
    if "\(value)" != text { differ(path, "\(value)", text) }
  }

  private mutating func differ(_ path: String, _ found: String, _ expected: String) {
    problems.append("\(path): \(found) instead of \(expected)")
  }

  private func number(_ value: Any) -> Any {
    switch value {
    case let kind as EventKind: kind.rawValue
    case let rung as Rung: rung.rawValue
    case let fate as Fate: fate.rawValue
    default: value
    }
  }

  /// `radius_km` is `radiusKilometres`; compared in lower case.
  private static func property(_ field: String) -> String {
    let units = ["km": "kilometres", "ms": "milliseconds", "us": "microseconds", "s": "seconds"]
    var words = field.split(separator: "_").map(String.init)
    if words.count > 1, let unit = words.last.flatMap({ units[$0] }) {
      words[words.count - 1] = unit
    }
    return words.joined()
  }
}
