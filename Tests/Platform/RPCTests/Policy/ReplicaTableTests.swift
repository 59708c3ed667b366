import TestSupport
import Testing

@testable import RPC

@Suite struct ReplicaTableTests {
  @Test func `replicas that come and go are found as in a dictionary`() {
    for seed in UInt64(1)...30 {
      var random = SeededGenerator(seed: seed)
      var table = ReplicaTable<Int>()
      var reference: [Int: Int] = [:]
      var next = Int.random(in: 0...3, using: &random)
      for step in 0..<500 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          table[next] = step
          reference[next] = step
          next += 1
        case 1:
          guard let id = reference.keys.sorted().randomElement(using: &random) else { continue }
          #expect(table.remove(id) == reference.removeValue(forKey: id), "seed \(seed)")
        case 2:
          // An older one that comes back, and one that changes.
          let id = Int.random(in: 0...next, using: &random)
          table[id] = step
          reference[id] = step
          next = max(next, id + 1)
        default:
          let id = Int.random(in: -1...next + 1, using: &random)
          #expect(table[id] == reference[id], "seed \(seed)")
          #expect(table.remove(next + 1) == nil)
        }
        #expect(table.ids == reference.keys.sorted(), "seed \(seed)")
        #expect(table.values == table.ids.map { reference[$0] }, "seed \(seed)")
        #expect(table.count == reference.count && table.isEmpty == reference.isEmpty)
      }
    }
  }
}
