import Testing

@testable import Events

struct ReadersWriterTests {
  @Test func `no reader sees half a change`() async {
    let shared = ReadersWriter((0, 0))
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<2_000 {
            let (first, second) = shared.read { ($0.0, $0.1) }
            #expect(first == second)
          }
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<1_000 {
            shared.write { value in
              value.0 += 1
              value.1 += 1
            }
          }
        }
      }
    }
    #expect(shared.read { $0.0 } == 2_000)
  }
}
