/// An object's members while they are read, ready to say whether a name was there before.
struct UniqueMembers {
  private(set) var all: [JSONMember] = []
  private var indexes: [[UInt8]: Int] = [:]

  /// Below this, comparing with each is cheaper than hashing, and most objects are below it.
  private static let scannedMax = 16

  /// Names are compared byte for byte: Swift's equality would take two spellings of é for one name.
  func first(named name: String) -> JSONMember? {
    if all.count <= Self.scannedMax {
      return all.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
    return indexes[Array(name.utf8)].map { all[$0] }
  }

  mutating func append(_ member: JSONMember) {
    all.append(member)
    if all.count == Self.scannedMax + 1 {
      for (index, member) in all.enumerated() { indexes[Array(member.name.utf8)] = index }
    } else if all.count > Self.scannedMax {
      indexes[Array(member.name.utf8)] = all.count - 1
    }
  }
}
