import TestSupport
import Testing

@testable import RPC

@Suite struct CallTableTests {
  private final class Call {
    let number: UInt64
    init(_ number: UInt64) { self.number = number }
  }

  @Test func `calls are found as in a dictionary, whatever their numbers`() {
    for seed in UInt64(1)...20 {
      var random = SeededGenerator(seed: seed)
      var table = CallTable<Call>()
      var reference: [UInt64: Call] = [:]
      // Few numbers, so that they collide and come again; some at the far end.
      let numbers = (0..<60).map { _ in
        random.chance(2) ? UInt64.random(in: 0...70, using: &random) : random.next()
      }
      for _ in 0..<3_000 {
        let number = numbers.randomElement(using: &random)!
        if random.chance(2) {
          let removed = table.remove(number)
          #expect(removed === reference.removeValue(forKey: number), "seed \(seed)")
        } else if reference[number] == nil {
          let call = Call(number)
          table.insert(call, as: number)
          reference[number] = call
        }
        let (count, isEmpty) = (table.count, table.isEmpty)
        #expect(count == reference.count && isEmpty == reference.isEmpty)
      }
      for number in numbers {
        let found = table.contains(number)
        #expect(found == (reference[number] != nil), "seed \(seed)")
      }
      let rest = table.removeAll()
      #expect(Set(rest.map { $0.number }) == Set(reference.keys) && rest.count == reference.count)
      for number in numbers {
        let found = table.contains(number)
        #expect(!found)
      }
    }
  }

  @Test func `a call goes with its table, and an empty table takes no memory`() {
    weak var gone: Call?
    do {
      var table = CallTable<Call>()
      table.release()
      let nobody = table.remove(1)
      #expect(nobody == nil)
      let call = Call(1)
      gone = call
      table.insert(call, as: 1)
      table.release()
      let isThere = table.contains(1)
      #expect(isThere)
    }
    #expect(gone == nil)
  }
}
