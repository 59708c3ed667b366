package import JSON

/// Where candidates come from besides the place, and which share of them each source may take: the
/// `sources` of the definition file, in the order in which they choose.
///
///     "sources": [{"name": "history", "share": 0.3}, {"name": "haunts", "share": 0.3}]
///
/// - `place`: the best of the circle around the request, by the first stage's score. It also fills
///   what the others leave, whether or not it is named; a share of its own lets it choose before those that
///   follow.
/// - `history`: what the user ordered before.
/// - `haunts`: what lies around what the user ordered before.
/// - `co_visits`: what those order who ordered what the user did.
///
/// A share is of the candidates asked for, 0 to 1.
package struct CandidateSources: Equatable, Sendable {
  package enum Name: String, CaseIterable, Sendable {
    case place
    case history
    case haunts
    case coVisits = "co_visits"

    /// Of the column `sources` of an answer.
    package var bit: UInt32 {
      switch self {
      case .place: 1
      case .history: 2
      case .haunts: 4
      case .coVisits: 8
      }
    }
  }

  package struct Source: Equatable, Sendable {
    package var name: Name
    package var share: Double

    package init(_ name: Name, share: Double) {
      self.name = name
      self.share = share
    }
  }

  package struct Problem: Error, Equatable {
    package let position: JSONPosition
    package let message: String
  }

  package var list: [Source]

  /// What a definition that names no sources has.
  package static let standard = CandidateSources(list: [Source(.history, share: 0.25)])

  package init(list: [Source]) { self.list = list }

  package func share(of name: Name) -> Double { list.first { $0.name == name }?.share ?? 0 }

  /// Reads the array; throws its first problem.
  package init(_ json: JSONValue) throws(Problem) {
    guard let values = json.array else {
      throw Problem(position: json.position, message: "\"sources\" is an array")
    }
    list = []
    for value in values {
      let source = try Self.source(value)
      guard !list.contains(where: { $0.name == source.name }) else {
        throw Problem(
          position: value.position, message: "the source \"\(source.name.rawValue)\" stands twice")
      }
      list.append(source)
    }
  }

  private static func source(_ value: JSONValue) throws(Problem) -> Source {
    guard let members = value.object else {
      throw Problem(position: value.position, message: "a source is an object")
    }
    let keys = ["name", "share"]
    for member in members where !keys.contains(member.name) {
      throw unknown("key", member.name, among: keys, at: member.position)
    }
    guard let text = value["name"]?.string else {
      throw Problem(position: value.position, message: "a source needs \"name\", a string")
    }
    guard let name = Name(rawValue: text) else {
      let names = Name.allCases.map(\.rawValue)
      throw unknown("source", text, among: names, at: value["name"]?.position ?? value.position)
    }
    guard let share = value["share"]?.double, (0...1).contains(share) else {
      throw Problem(
        position: value["share"]?.position ?? value.position,
        message: "a source needs \"share\", a number from 0 to 1")
    }
    return Source(name, share: share)
  }

  private static func unknown(
    _ what: String, _ name: String, among names: [String], at position: JSONPosition
  ) -> Problem {
    let hint = nearestName(to: name, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    return Problem(position: position, message: "unknown \(what) \"\(name)\"\(hint)")
  }
}

extension CandidateSources {
  /// The longest definition file read.
  package static let fileBytesMax = 1 << 20

  /// The sources of a definition file, of which nothing else is looked at; `standard` where it names
  /// none. Throws `DataError` with the place in the file.
  package init(parsing bytes: [UInt8], file: String) throws(DataError) {
    let root: JSONValue
    do {
      root = try JSONValue(parsing: bytes)
    } catch {
      throw DataError(source: file, reason: "\(error)")
    }
    guard let json = root["sources"] else {
      self = .standard
      return
    }
    do throws(Problem) {
      try self.init(json)
    } catch {
      throw DataError(source: "\(file):\(error.position)", reason: error.message)
    }
  }
}
