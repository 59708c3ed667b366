import Messages
import RPC
import Testing

@Suite struct EnumsTests {
  private func described<M: Message>(_ type: M.Type, _ name: String) throws -> [String: Int32] {
    let types = MessageType.reachable(from: [MessageType(M.descriptor)])
    let found = try #require(MessageType.enums(of: types).first { $0.name == name })
    return Dictionary(uniqueKeysWithValues: found.values.map { ($0.name, $0.number) })
  }

  /// `otherReplica` as `RUNG_OTHER_REPLICA`.
  private func constant(_ prefix: String, _ name: String) -> String {
    name.reduce(prefix + "_") { $0 + ($1.isUppercase ? "_" : "") + $1.uppercased() }
  }

  @Test func `rungs have the names and numbers of the .proto file`() throws {
    let swift = Dictionary(
      uniqueKeysWithValues: Rung.allCases.map { (constant("RUNG", "\($0)"), Int32($0.rawValue)) })
    #expect(try described(Hop.self, "brigade.v1.Rung") == swift)
  }

  @Test func `fates have the names and numbers of the .proto file`() throws {
    let swift = Dictionary(
      uniqueKeysWithValues: Fate.allCases.map { (constant("FATE", "\($0)"), Int32($0.rawValue)) })
    #expect(try described(ItemFate.self, "brigade.v1.Fate") == swift)
  }

  @Test func `event kinds have the numbers of the .proto file`() throws {
    let swift = EventKind.allCases.map { Int32($0.rawValue) }
    #expect(try described(Event.self, "brigade.v1.EventKind").values.sorted() == swift)
  }

  /// Field 3 of Hop and field 2 of Event, as a later version could send them.
  @Test(arguments: [[9], [0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]] as [[UInt8]])
  func `numbers that have no name yet are the default`(_ number: [UInt8]) throws {
    #expect(try Hop(decoding: [3 << 3] + number).rung == .primary)
    #expect(try Event(decoding: [2 << 3] + number).kind == .unknown)
    #expect(try ItemFate(decoding: [3 << 3] + number).fate == .notTold)
  }
}
