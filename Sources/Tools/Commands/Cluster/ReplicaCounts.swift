/// The services of a cluster, in the order in which they start.
enum ServiceKind: String, CaseIterable, Sendable {
  case retrieval
  case features
  case inference
  case gateway

  var program: String { "brigade-\(rawValue)" }
}

/// How many replicas of each: `gateway=2,inference=3`.
struct ReplicaCounts: Equatable, Sendable, CustomStringConvertible {
  /// Enough to see balancing; one machine has no use for more.
  static let countMax = 64

  private(set) var counts: [ServiceKind: Int] = [
    .gateway: 1, .retrieval: 2, .features: 2, .inference: 3,
  ]

  init() {}

  /// Of no service, to be named one by one.
  static var none: ReplicaCounts {
    var none = ReplicaCounts()
    none.counts = [:]
    return none
  }

  /// Those that have a count, in the order in which they start.
  var services: [ServiceKind] { ServiceKind.allCases.filter { counts[$0] != nil } }

  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  /// Services that are not named keep their default, or what they are given here.
  init(_ text: String, over base: ReplicaCounts = ReplicaCounts()) throws(Invalid) {
    counts = base.counts
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=").map { String($0.filter { $0 != " " }) }
      guard sides.count == 2, let service = ServiceKind(rawValue: sides[0]) else {
        let names = ServiceKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw Invalid(description: "\"\(part)\" is not SERVICE=N with one of \(names)")
      }
      guard let count = Int(sides[1]), (0...Self.countMax).contains(count) else {
        throw Invalid(description: "\(sides[1]) is not in 0...\(Self.countMax)")
      }
      counts[service] = count
    }
  }

  subscript(_ service: ServiceKind) -> Int { counts[service] ?? 0 }

  var description: String {
    ServiceKind.allCases.map { "\($0.rawValue)=\(self[$0])" }.joined(separator: ",")
  }
}
